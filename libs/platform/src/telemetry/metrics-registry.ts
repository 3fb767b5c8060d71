import type { Labels, Metrics } from '@keyfold/event-sourcing';

const PREFIX = 'keyfold_';
/** Series of one name; further ones are left out and counted. */
const SERIES = 2_000;
const DROPPED = 'metrics_series_dropped_total';

/** What the measurements mean, for the HELP lines. One without a line here is shown without. */
const MEANINGS: Readonly<Record<string, string>> = {
  commands_total: 'Commands by outcome.',
  event_store_appends_total: 'Appends to the event log by outcome.',
  event_store_append_batches_total: 'Inserts that stored commits; appends per insert is the size of the group commit.',
  event_store_position: 'Last numbered position of the log.',
  leading: '1 in the process that numbers and publishes the log.',
  relay_backlog_commits: 'Numbered commits that are not published yet.',
  relay_rewinds_total: 'Times the relay went back because the topic did not have what it had published.',
  partition_gaps_total: 'Messages whose predecessor on the partition had not arrived.',
  topic_misconfigured: '1 while a topic is missing or set up wrongly.',
  consumer_running: '1 while this process is in its consumer group and consuming.',
  consumer_restarts_total: 'Consumer sessions that ended without being asked to.',
  projection_lag_events: 'Events in the logs that a read model or policy has neither applied nor parked.',
  projection_oldest_unapplied_seconds: 'Seconds since the oldest of them was recorded; 0 when there is none.',
  events_applied_total: 'Events applied.',
  events_parked_total: 'Events parked as dead letters.',
  dead_letters: 'Dead letters that wait for an operator or for a newer version.',
  gaps_repaired_total: 'Gaps in streams that were repaired from the feed of their owner.',
  [DROPPED]: 'Series left out because a measurement had too many labels.',
  process_heap_used_bytes: 'Memory in use by JavaScript.',
  process_resident_bytes: 'Memory of the process.',
  process_event_loop_delay_seconds: 'Delay of the event loop since the last look.',
  process_uptime_seconds: 'Age of the process.',
};

interface Family {
  readonly type: 'counter' | 'gauge';
  readonly series: Map<string, { readonly labels: Labels; value: number }>;
}

/** The measurements of a process, kept as numbers and shown as Prometheus text (0.0.4). */
export class MetricsRegistry implements Metrics {
  private readonly families = new Map<string, Family>();
  private readonly collectors: (() => void)[] = [];

  count(name: string, labels: Labels = {}, by = 1): void {
    this.measure('counter', name, labels, (before) => before + by);
  }

  set(name: string, value: number, labels: Labels = {}): void {
    this.measure('gauge', name, labels, () => value);
  }

  read(name: string): readonly { readonly labels: Labels; readonly value: number }[] {
    this.collect();
    return [...(this.families.get(name)?.series.values() ?? [])].map(({ labels, value }) => ({ labels, value }));
  }

  /** Called before every look, to measure what is cheap to ask for. */
  onLook(collector: () => void): void {
    this.collectors.push(collector);
  }

  text(): string {
    this.collect();
    return [...this.families].map(([name, family]) => familyText(name, family)).join('');
  }

  private collect(): void {
    for (const collector of this.collectors) collector();
  }

  private measure(type: Family['type'], name: string, labels: Labels, change: (before: number) => number): void {
    let family = this.families.get(name);
    if (!family) this.families.set(name, (family = { type, series: new Map() }));
    const key = labelText(labels);
    const known = family.series.get(key);
    if (known) known.value = change(known.value);
    else if (family.series.size < SERIES) family.series.set(key, { labels, value: change(0) });
    else this.count(DROPPED, { name });
  }
}

function familyText(name: string, { type, series }: Family): string {
  const full = PREFIX + name;
  const meaning = MEANINGS[name];
  const lines = [...series].map(([labels, { value }]) => `${full}${labels} ${numberText(value)}\n`);
  return `${meaning ? `# HELP ${full} ${meaning}\n` : ''}# TYPE ${full} ${type}\n${lines.join('')}`;
}

/** `{projection="x",service="y"}`, in the order of the names; nothing without labels. */
function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.length === 0 ? '' : `{${pairs.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

const escaped = (value: string): string => value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

const numberText = (value: number): string => (value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value));
