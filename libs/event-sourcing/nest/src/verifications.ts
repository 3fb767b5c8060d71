import { verify, type VerifyJob } from '@keyfold/event-sourcing';
import type { Caller } from './edge.js';
import type { ServiceRuntime } from './runtime.js';
import type { Adapters } from './tokens.js';

/** How often a job says how far it is. */
const WORD_MS = 500;
/** Tries to write how a job has ended. */
const LAST_WORDS = 10;

type Told = Pick<VerifyJob, 'state' | 'done' | 'total' | 'current' | 'results' | 'error'>;

/** The verifications of a service, as one of its processes carries them out: what it does and finds is kept where every process can tell of it. */
export class Verifications {
  private readonly stopping = new AbortController();
  private readonly work = new Set<Promise<void>>();

  constructor(
    private readonly runtime: ServiceRuntime,
    private readonly adapters: Adapters,
  ) {}

  find(id: string): Promise<VerifyJob | null> {
    return this.adapters.verifyJobs.find(id);
  }

  /** Starts one and returns at once; null when another is running, here or in another process. */
  async start(projection: string | null, caller: Caller): Promise<VerifyJob | null> {
    const { verifyJobs, ids, clock } = this.adapters;
    const told: Told = { state: 'running', done: 0, total: 0, current: null, results: [], error: null };
    const job: VerifyJob = { id: ids.next(), projection, startedAt: clock.now().toISOString(), ...told };
    if (!(await verifyJobs.start(job))) return null;
    const work = this.carryOut(job, caller).finally(() => this.work.delete(work));
    this.work.add(work);
    return job;
  }

  /** Nest calls it when the application is closed. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.work);
  }

  private async carryOut(job: VerifyJob, caller: Caller): Promise<void> {
    const { clock, log } = this.adapters;
    const ended = new AbortController();
    let now = job;
    const tell = (told: Partial<Told>): void => void (now = { ...now, ...told });
    const work = this.run(job.projection, caller, tell)
      .catch((error: unknown) => {
        tell({ state: 'failed', error: String(error) });
        log.warn('verification failed', { service: this.runtime.service, error: String(error) });
      })
      .finally(() => ended.abort());
    while (!ended.signal.aborted) {
      await clock.wait(WORD_MS, ended.signal);
      if (!ended.signal.aborted) await this.keep(now);
    }
    await work;
    for (let words = 1; words <= LAST_WORDS && !(await this.keep(now)); words++) await clock.wait(WORD_MS, this.stopping.signal);
  }

  private async keep(job: VerifyJob): Promise<boolean> {
    try {
      await this.adapters.verifyJobs.keep(job);
      return true;
    } catch (error) {
      this.adapters.log.warn('cannot write how far the verification is, will try again', { service: this.runtime.service, error: String(error) });
      return false;
    }
  }

  private async run(only: string | null, caller: Caller, tell: (told: Partial<Told>) => void): Promise<void> {
    const { registry } = this.runtime.definition;
    const { projections: store, feeds, clock, audit } = this.adapters;
    const subscribers = this.runtime.subscribers.filter(({ projection }) => only === null || projection.name === only);
    const results: VerifyJob['results'][number][] = [];
    let [done, total] = [0, 0];
    for (const { projection } of subscribers) {
      const before = { done, total };
      tell({ current: projection.name });
      const seed = clock.now().getTime() % 4_294_967_296;
      const progress = (read: number, all: number): void => {
        [done, total] = [before.done + read, before.total + all];
        tell({ done, total });
      };
      results.push(await verify(projection, { store, feeds, registry, clock }, { seed, progress, signal: this.stopping.signal }));
      tell({ results: [...results] });
    }
    const found = results.reduce((sum, result) => sum + result.found, 0);
    const subject = only ?? this.runtime.service;
    await audit.write({ at: clock.now().toISOString(), actor: caller.principal.subject, action: 'read-models-verified', subject, details: { readModels: results.length, found } });
    tell({ state: 'done', current: null });
  }
}
