import { Behind } from './behind.js';
import { markerOf, partitionOf, toMessages } from './cloudevents.js';
import { type SequencedCommit, topicOf } from './events.js';
import { landmarkAfter, type Lost, resume } from './landmarks.js';
import { type AuditLog, type Clock, type EventStore, type Failpoint, type Logger, type Metrics, noAuditLog, noMetrics } from './ports.js';
import type { PartitionedMessage, Place, RelayPlace, RelayState, Transport } from './ports.js';

const BATCH = 500;
const IDLE_MS = 1_000;
/** Between two saves of the place: what was sent in that time and while the last one was made is sent again after a crash. */
const SAVE_MS = 50;
const MARKER_MS = 5_000;
const LONGEST_BACK_OFF_MS = 10_000;
const LONG_AGO = new Date(0).toISOString();

export interface RelayTools {
  readonly clock: Clock;
  readonly log: Logger;
  readonly failpoint: Failpoint;
  readonly metrics?: Metrics;
  readonly audit?: AuditLog;
}

/** The epoch is over: another leader publishes now. */
class Superseded extends Error {}

/**
 * Publishes one service's log to its topic, in position order, at least once (G5).
 *
 * Exactly one send is in flight: with two, an idempotent kafkajs producer can acknowledge a message that was never written. Throughput comes from the batch.
 *
 * A topic can lose its end (power), or all of it (a wiped broker, a topic made anew). So the relay remembers, durably and in one write with its position, what
 * it wrote last on each partition, and believes its own position only after it has read that back: at the begin of its term and after every failure. Between
 * two failures each answer of the broker tells: what is appended stands behind what was there. What is gone is published again.
 *
 * Nothing is sent before the log shows it, redo record or not: consumers that pass over a batch, or find a hole, rely on the owner's feed having what is on the topic.
 *
 * Where the process may die:
 * - between reading back and writing down the rewind: the next relay reads back the same and rewinds the same;
 * - between the rewind and the first send: the position went back, so everything beyond it is sent again;
 * - between send and save, or with the outcome of either unknown: what was sent since the last save is sent again. Consumers drop what they have;
 * - between a send that stands too far forward (the topic was shorter) and the rewind: nothing was saved, so the old landmark is read back, and is not there.
 * A former leader that wakes up can save nothing, which ends it; what it has sent until then comes behind what is there, and consumers have it already.
 */
export class Relay {
  private readonly topic: string;
  private readonly metrics: Metrics;
  private readonly audit: AuditLog;
  private published = 0;
  /** Log time of the last commit that was published; nothing is known of it after a failure. */
  private recordedAt = LONG_AGO;
  private readonly places: Behind<RelayPlace>;
  /** When a partition was last written to. */
  private readonly spoken = new Map<number, number>();
  private lookedAt = -Infinity;

  constructor(
    private readonly store: EventStore,
    private readonly transport: Transport,
    private readonly state: RelayState,
    private readonly tools: RelayTools,
  ) {
    this.topic = topicOf(store.service);
    this.metrics = tools.metrics ?? noMetrics;
    this.audit = tools.audit ?? noAuditLog;
    this.places = new Behind({ clock: tools.clock, pauseMs: SAVE_MS, work: (place) => this.save(place) });
  }

  /** Runs until the signal is aborted or another leader has taken over. Never rejects for an outage: it waits and goes on where it was. */
  async run(signal: AbortSignal): Promise<void> {
    await this.relay(signal);
    await this.places.settled();
  }

  private async relay(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.tools;
    for (let partition = 0; partition < this.transport.partitions; partition++) this.spoken.set(partition, this.now());
    let place: RelayPlace | null = null;
    for (let failures = 0; !signal.aborted;) {
      try {
        place ??= await this.confirmed();
        const atHand = this.store.atHand(place.position, BATCH);
        const commits = atHand.length > 0 ? atHand : await this.store.feed(place.position, BATCH);
        this.places.check();
        if (commits.length > 0) place = await this.publish(place, commits);
        await this.lookAround(place);
        failures = 0;
        if (commits.length < BATCH) await this.store.changed(place.position, IDLE_MS, signal); // returns at once where there is more
      } catch (error) {
        if (error instanceof Superseded) return;
        place = null;
        failures += 1;
        if (failures === 1)
          log.warn('relay: cannot publish, will go on trying; commands are not affected', {
            service: this.store.service,
            error: String(error),
          });
        await this.measure().catch(() => undefined);
        await clock.wait(Math.min(100 * 2 ** failures, LONGEST_BACK_OFF_MS), signal);
      }
    }
  }

  /** Where publishing goes on: the saved place if the topic has all of it, otherwise as far back as it has lost something. */
  private async confirmed(): Promise<RelayPlace> {
    await this.places.settled();
    this.places.forgive(); // a lost epoch shows again at the next save
    const saved = await this.state.load();
    const { place, lost } = await resume(saved, (places) => this.transport.readBack(this.topic, places));
    this.recordedAt = LONG_AGO;
    this.published = place.position;
    if (lost) await this.rewind(saved.position, place, lost);
    return place;
  }

  /** The entry comes first: it may stand there twice after a crash, and is never missing. */
  private async rewind(from: number, place: RelayPlace, { partitions, reason }: Lost): Promise<void> {
    const details = { topic: this.topic, from, to: place.position, partitions: partitions.join(','), reason };
    this.tools.log.warn('relay: the topic has lost what was written to it, publishing it again from the event store', details);
    this.metrics.count('relay_rewinds_total', { service: this.store.service });
    await this.audit.write({
      at: this.tools.clock.now().toISOString(),
      actor: 'relay',
      action: 'relay-rewound',
      subject: this.topic,
      details,
    });
    await this.save(place);
  }

  private async publish(place: RelayPlace, commits: readonly SequencedCommit[]): Promise<RelayPlace> {
    const messages: PartitionedMessage[] = [];
    const newest = new Map<number, { eventId: string; position: number }>();
    for (const commit of commits) {
      const partition = partitionOf(commit.partitionKey, this.transport.partitions);
      const previous = (newest.get(partition) ?? place.partitions.get(partition))?.position ?? 0;
      if (commit.position <= previous) continue; // on the way forward from a rewind: this partition has lost nothing
      messages.push(...toMessages(this.store.service, commit, this.transport.partitions, previous));
      newest.set(partition, { eventId: commit.events.at(-1)!.eventId, position: commit.position });
    }
    const written = messages.length > 0 ? await this.send(place, messages) : [];
    await this.tools.failpoint('after-publish');
    const last = commits.at(-1)!;
    const partitions = new Map(place.partitions);
    for (const { partition, offset } of written)
      partitions.set(partition, landmarkAfter(place.partitions.get(partition), { offset, ...newest.get(partition)! }));
    const next = { position: last.position, partitions };
    this.places.put(next);
    this.published = last.position;
    this.recordedAt = last.recordedAt;
    return next;
  }

  /** Throws when the messages stand further forward than they can on a topic that still has what was there: each was appended behind the newest landmark. */
  private async send(place: RelayPlace, messages: readonly PartitionedMessage[]): Promise<readonly Place[]> {
    const written = await this.transport.publish(this.topic, messages);
    const sent = Map.groupBy(messages, (message) => message.partition);
    for (const { partition, offset } of written) {
      const before = place.partitions.get(partition);
      if (before && BigInt(offset) < BigInt(before.offset) + BigInt(sent.get(partition)?.length ?? 0))
        throw new Error(`${this.topic}/${partition} is shorter than what was written to it`);
      this.spoken.set(partition, this.now());
    }
    return written;
  }

  private async save(place: RelayPlace): Promise<void> {
    if (!(await this.state.save(place))) throw new Superseded();
  }

  /** Once a second: how far behind the relay is, and markers where nothing was published for a while. One send for all of them; it also shows whether the topic is still what it was. */
  private async lookAround(place: RelayPlace): Promise<void> {
    if (this.since(this.lookedAt) < IDLE_MS) return;
    this.lookedAt = this.now();
    await this.measure();
    const idle = [...this.spoken].filter(([, at]) => this.since(at) >= MARKER_MS).map(([partition]) => partition);
    if (idle.length === 0) return;
    // Everything up to the place is on the topic. What the sequencer gives a position from now on is recorded later than it says here.
    const recordedAt = (await this.state.quietUntil(place.position)) ?? this.recordedAt;
    const at = this.tools.clock.now().toISOString();
    const marker = (partition: number): PartitionedMessage =>
      markerOf(this.store.service, partition, {
        id: `marker-${this.state.epoch}-${partition}-${at}`,
        at,
        previous: place.partitions.get(partition)?.position ?? 0,
        recordedAt,
      });
    await this.send(place, idle.map(marker));
  }

  private async measure(): Promise<void> {
    const { service } = this.store;
    this.metrics.set('relay_published_position', this.published, { service });
    this.metrics.set('relay_backlog_commits', Math.max(0, (await this.store.lastPosition()) - this.published), { service });
  }

  /** A clock that was put back says nothing of how long ago that was: long ago, then, or markers would fail to come for as long as it was put back. */
  private since(at: number): number {
    const ms = this.now() - at;
    return ms < 0 ? Infinity : ms;
  }

  private now(): number {
    return this.tools.clock.now().getTime();
  }
}
