import type { Verification } from '@keyfold/event-sourcing';
import { verify } from '@keyfold/event-sourcing';
import type { Caller } from './edge.js';
import type { ServiceRuntime } from './runtime.js';
import type { Adapters } from './tokens.js';

/** A verification of one read model of a service, or of all one after the other. */
export interface VerifyJob {
  readonly id: string;
  readonly projection: string | null;
  state: 'running' | 'done' | 'failed';
  /** Commits read of all that are to be read, over all read models. */
  done: number;
  total: number;
  /** The read model in hand. */
  current: string | null;
  results: readonly Verification[];
  error: string | null;
}

const KEPT = 20;

/** The verifications of one process: one at a time, the last twenty kept for those who ask. */
export class Verifications {
  private readonly jobs = new Map<string, VerifyJob>();
  private readonly stopping = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly adapters: Adapters,
  ) {}

  find(id: string): VerifyJob | null {
    return this.jobs.get(id) ?? null;
  }

  /** Starts one and returns at once; null when another is running. */
  start(projection: string | null, caller: Caller): VerifyJob | null {
    if ([...this.jobs.values()].some(({ state }) => state === 'running')) return null;
    const job: VerifyJob = { id: this.adapters.ids.next(), projection, state: 'running', done: 0, total: 0, current: null, results: [], error: null };
    this.jobs.set(job.id, job);
    for (const id of [...this.jobs.keys()].slice(0, -KEPT)) this.jobs.delete(id);
    this.work = this.run(job, caller).catch((error: unknown) => {
      job.state = 'failed';
      job.error = String(error);
      this.adapters.log.warn('verification failed', { service: this.runtime.service, error: String(error) });
    });
    return job;
  }

  /** Nest calls it when the application is closed. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.work;
  }

  private async run(job: VerifyJob, caller: Caller): Promise<void> {
    const { registry } = this.runtime.definition;
    const { projections: store, feeds, clock, audit } = this.adapters;
    const subscribers = this.runtime.subscribers.filter(({ projection }) => job.projection === null || projection.name === job.projection);
    for (const { projection } of subscribers) {
      const { done: before, total } = job;
      job.current = projection.name;
      const seed = clock.now().getTime() % 4_294_967_296;
      const progress = (done: number, all: number): void => void Object.assign(job, { done: before + done, total: total + all });
      const result = await verify(projection, { store, feeds, registry, clock }, { seed, progress, signal: this.stopping.signal });
      job.results = [...job.results, result];
    }
    const found = job.results.reduce((sum, result) => sum + result.found, 0);
    const subject = job.projection ?? this.runtime.service;
    await audit.write({ at: clock.now().toISOString(), actor: caller.principal.subject, action: 'read-models-verified', subject, details: { readModels: job.results.length, found } });
    job.current = null;
    job.state = 'done';
  }
}
