import type { DiscoveryService } from '@nestjs/core';
import {
  Aggregates,
  type AnyProcessManager,
  type AnyProjection,
  Completeness,
  deliver,
  type EventRegistry,
  type Policy,
  PolicyRunner,
  ProcessRunner,
  Projector,
  Relay,
  replay,
  type Subscriber,
  topicOf,
  type Consumer,
} from '@keyfold/event-sourcing';
import { forgetting } from './erasure.js';
import type { Adapters, CommandSender } from './tokens.js';

/** What one service is made of; its module lists it here and nowhere else. */
export interface ServiceDefinition {
  readonly service: string;
  readonly registry: EventRegistry;
  readonly projections: readonly AnyProjection[];
  readonly policies?: readonly Policy[];
  readonly processes?: readonly AnyProcessManager[];
}

export interface ProjectionStatus {
  readonly name: string;
  readonly version: number;
  readonly built: boolean;
  readonly rebuild: { readonly state: 'none' | 'running' | 'done' | 'failed'; readonly done: number; readonly total: number; readonly error: string | null };
}

const RETRY_MS = 1_000;
const IDLE = { state: 'none', done: 0, total: 0, error: null } as const;

/**
 * The moving parts of one service: relay, subscription, timers. Started in phases, so that in one process every group listens before any relay speaks.
 * Commands do not need it: they are taken while Kafka is down and before the views are built (G11).
 */
export class ServiceRuntime {
  /** How far the followed topics have been handled by this process. */
  readonly completeness = new Completeness();
  private readonly stopping = new AbortController();
  private readonly projectors = new Map<string, Projector<object>>();
  private readonly subscribers: readonly Subscriber[];
  private readonly processes: ProcessRunner<unknown>[];
  private readonly rebuilds = new Map<string, ProjectionStatus['rebuild']>();
  private readonly background: Promise<void>[] = [];
  private consumer: Consumer | null = null;
  private startPosition = 0;
  private prepared = false;
  private replayed = false;

  constructor(
    readonly definition: ServiceDefinition,
    private readonly adapters: Adapters,
    aggregates: Aggregates,
    sender: CommandSender,
  ) {
    const { feeds, clock, log, ids, metrics, audit } = adapters;
    const tools = { registry: definition.registry, feeds, clock, log, ids, metrics, audit };
    const store = adapters.projections;
    this.processes = (definition.processes ?? []).map((process) => new ProcessRunner(process, { ...tools, aggregates, sender, store }));
    const policies = (definition.policies ?? []).map((policy) => new PolicyRunner(policy, store, { ...tools, sender }));
    for (const projection of definition.projections) this.projectors.set(projection.name, new Projector(projection, store, tools));
    this.subscribers = [...this.projectors.values(), ...policies, ...this.processes.flatMap((process) => process.subscribers), forgetting(adapters, { ...tools, sender })];
  }

  get service(): string {
    return this.definition.service;
  }

  /** Collections, indexes and the place from which the relay of a volatile transport starts. */
  async prepare(): Promise<void> {
    this.startPosition = await this.adapters.store.lastPosition();
    for (const { projection } of this.subscribers) await this.adapters.projections.prepare(projection);
    this.prepared = true;
  }

  /** Builds what has not been built from the owners' feeds. Awaited only where views do not survive a restart; elsewhere it goes on behind the scenes, with retries. */
  async build(progress: (name: string, done: number, total: number) => void = () => undefined): Promise<void> {
    const work = this.buildAll(progress).then(() => {
      this.replayed = true;
    });
    if (this.adapters.volatile) await work;
    else this.background.push(work);
  }

  async consume(): Promise<void> {
    const services = [...new Set(this.subscribers.flatMap(({ projection }) => projection.follows.map((contract) => contract.service)))];
    if (services.length === 0) return;
    const { feeds, clock, log, metrics, audit } = this.adapters;
    const tools = { registry: this.definition.registry, feeds, clock, log, metrics, audit, completeness: this.completeness };
    this.consumer = await this.adapters.transport.consume({
      group: `keyfold.${this.service}`,
      topics: services.map(topicOf),
      onBatch: async (batch) => {
        const note = await deliver(batch, this.subscribers, tools);
        await this.adapters.failpoint('batch-applied');
        return note;
      },
    });
  }

  lead(): void {
    const { signal } = this.stopping;
    const { store, transport, clock, log, failpoint, metrics, audit, volatile } = this.adapters;
    this.background.push(
      this.adapters.lead(async (state, term) => {
        if (volatile) await state.save({ position: this.startPosition, partitions: new Map() });
        // Timers fire where the log is led; the relay's end ends the term for them too.
        const over = new AbortController();
        const until = AbortSignal.any([term, over.signal]);
        const relay = new Relay(store, transport, state, { clock, log, failpoint, metrics, audit }).run(until).finally(() => over.abort());
        await Promise.all([relay, ...this.processes.map((process) => process.runTimers(until))]);
      }, signal),
    );
  }

  /** Whether commands can be taken: the store answers. Kafka does not count. */
  async ready(): Promise<boolean> {
    if (!this.prepared || (this.adapters.volatile && !this.replayed)) return false;
    await this.adapters.store.lastPosition();
    return true;
  }

  async status(): Promise<ProjectionStatus[]> {
    return Promise.all(
      [...this.projectors.values()].map(async ({ projection }) => ({
        name: projection.name,
        version: projection.version,
        built: await this.adapters.projections.built(projection),
        rebuild: this.rebuilds.get(projection.name) ?? IDLE,
      })),
    );
  }

  projector(name: string): Projector<object> | null {
    return this.projectors.get(name) ?? null;
  }

  /** Builds a new generation of a view beside the serving one from the owners' feeds and switches to it. Returns at once; see `status`. */
  rebuild(name: string): boolean {
    const projector = this.projectors.get(name);
    if (!projector || this.rebuilds.get(name)?.state === 'running') return false;
    const note = (state: ProjectionStatus['rebuild']['state'], done: number, total: number, error: string | null = null): void =>
      void this.rebuilds.set(name, { state, done, total, error });
    note('running', 0, 0);
    let last = { done: 0, total: 0 };
    const work = projector
      .rebuild((done, total) => {
        last = { done, total };
        note('running', done, total);
      })
      .then(
        () => note('done', last.total, last.total),
        (error: unknown) => note('failed', last.done, last.total, String(error)),
      );
    this.background.push(work);
    return true;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.consumer?.stop();
    await Promise.allSettled(this.background);
    await this.adapters.close();
  }

  private async buildAll(progress: (name: string, done: number, total: number) => void): Promise<void> {
    for (const subscriber of this.subscribers) {
      const { projection } = subscriber;
      while (!this.stopping.signal.aborted)
        try {
          if (!this.adapters.volatile && (await this.adapters.projections.built(projection))) break;
          const tools = { registry: this.definition.registry, feeds: this.adapters.feeds };
          await replay(subscriber, tools, (done, total) => progress(subscriber.name, done, total));
          await this.adapters.projections.setBuilt(projection);
          break;
        } catch (error) {
          this.adapters.log.warn('cannot build yet, will try again', { projection: subscriber.name, error: String(error) });
          await this.adapters.clock.wait(RETRY_MS, this.stopping.signal);
        }
    }
  }
}

/** Every service of the process. */
export const runtimesOf = (discovery: DiscoveryService): ServiceRuntime[] =>
  discovery.getProviders().flatMap(({ instance }) => (instance instanceof ServiceRuntime ? [instance] : []));
