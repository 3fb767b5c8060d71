import { readFileSync } from 'node:fs';
import { type Lag, LagWatch, type Subscriber } from '@keyfold/event-sourcing';
import type { Adapters } from './tokens.js';

/** What one process says of its part of a service, for an operator and for `keyfold doctor`. */
export interface ServiceStatus {
  readonly service: string;
  /** Of the package that runs. */
  readonly version: string;
  /** The clock of the process, RFC 3339 in UTC. */
  readonly now: string;
  readonly position: number;
  /** Whether this process numbers and publishes the log. */
  readonly leading: boolean;
  readonly projections: readonly { readonly name: string; readonly built: boolean }[];
  /** What the machinery measured, by metric name; only what says whether something is wrong. */
  readonly measured: Readonly<Record<string, readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[]>>;
}

/** All packages of Keyfold have one version. */
const { version: VERSION } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };
const LOOK_EVERY_MS = 15_000;
const FRESH_MS = 1_000;
const TOLD = ['relay_backlog_commits', 'relay_rewinds_total', 'partition_gaps_total', 'topic_misconfigured', 'consumer_running', 'consumer_restarts_total', 'gaps_repaired_total'];

/** Watches one service from inside one of its processes: lag and dead letters as metrics, and on request. */
export class Watch {
  private readonly lags: LagWatch;
  private looked: { readonly at: number; readonly lag: Promise<Lag[]> } | null = null;
  private term: AbortSignal | null = null;

  constructor(
    private readonly service: string,
    private readonly subscribers: readonly Subscriber[],
    private readonly adapters: Adapters,
  ) {
    const { projections, feeds, clock } = adapters;
    this.lags = new LagWatch(
      subscribers.map(({ projection }) => projection),
      { store: projections, feeds, clock },
    );
  }

  /** The lag of every subscriber. Many who ask at once, or within a second, share one look. Throws Unavailable. */
  lag(): Promise<Lag[]> {
    const now = this.adapters.clock.now().getTime();
    if (!this.looked || now - this.looked.at >= FRESH_MS) {
      const before = this.looked?.lag.catch(() => undefined) ?? Promise.resolve();
      this.looked = { at: now, lag: before.then(() => this.lags.look()) };
    }
    return this.looked.lag;
  }

  /** This process leads the log until the term ends. */
  leads(term: AbortSignal): void {
    this.term = term;
  }

  async status(): Promise<ServiceStatus> {
    const { clock, store, projections, metrics } = this.adapters;
    return {
      service: this.service,
      version: VERSION,
      now: clock.now().toISOString(),
      position: await store.lastPosition(),
      leading: this.term !== null && !this.term.aborted,
      projections: await Promise.all(this.subscribers.map(async ({ projection }) => ({ name: projection.name, built: await projections.built(projection) }))),
      measured: Object.fromEntries(TOLD.map((name) => [name, metrics.read?.(name) ?? []])),
    };
  }

  /** Sets the gauges, every few seconds until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, metrics, store, log } = this.adapters;
    const { service } = this;
    for (let failing = false; !signal.aborted; ) {
      await clock.wait(LOOK_EVERY_MS, signal);
      if (signal.aborted) return;
      try {
        metrics.set('event_store_position', await store.lastPosition(), { service });
        metrics.set('leading', this.term !== null && !this.term.aborted ? 1 : 0, { service });
        for (const { projection, events, oldestSeconds, deadLetters } of await this.lag()) {
          metrics.set('projection_lag_events', events, { service, projection });
          metrics.set('projection_oldest_unapplied_seconds', oldestSeconds ?? 0, { service, projection });
          metrics.set('dead_letters', deadLetters, { service, projection });
        }
        failing = false;
      } catch (error) {
        if (!failing) log.warn('cannot measure the lag, will try again', { error: String(error) });
        failing = true;
      }
    }
  }
}
