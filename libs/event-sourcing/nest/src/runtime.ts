import type { DiscoveryService } from '@nestjs/core';
import {
  Aggregates,
  type AnyProcessManager,
  type AnyProjection,
  Completeness,
  DeadLetters,
  deliver,
  type EventRegistry,
  followedBy,
  type GenerationsStatus,
  isUnderWay,
  LAG_WATCH,
  pagesOf,
  type Policy,
  PolicyRunner,
  ProcessRunner,
  ReadModel,
  type Rebuild,
  Rebuilder,
  Relay,
  replayOnce,
  type Subscriber,
  topicOf,
  type Consumer,
} from '@keyfold/event-sourcing';
import { forgetting } from './erasure.js';
import { Housekeeping } from './housekeeping.js';
import type { Adapters, CommandSender } from './tokens.js';
import { Watch } from './watch.js';

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
  /** Generations: the one that readers see, and the one that a rollback would let serve again. */
  readonly serving: number;
  readonly previous: number | null;
  readonly rebuild: (Rebuild & { readonly etaSeconds: number | null }) | null;
}

const RETRY_MS = 1_000;
const TEND_MS = 1_000;
const DRAIN_MS = 30_000;

/**
 * The moving parts of one service: relay, subscription, timers. Started in phases, so that in one process every group listens before any relay speaks.
 * Commands do not need it: they are taken while Kafka is down and before the views are built (G11).
 */
export class ServiceRuntime {
  /** How far the followed topics have been handled by this process. */
  readonly completeness = new Completeness();
  private readonly stopping = new AbortController();
  readonly subscribers: readonly Subscriber[];
  readonly deadLetters: DeadLetters;
  readonly watch: Watch;
  private readonly processes: ProcessRunner<unknown>[];
  private readonly rebuilders: ReadonlyMap<string, Rebuilder>;
  private readonly background: Promise<void>[] = [];
  private consumer: Consumer | null = null;
  /** Between two rounds of tending to the read models; aborted by who has something to do for them. */
  private pause = new AbortController();
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
    const models = definition.projections.map((projection) => new ReadModel(projection, store, tools));
    this.rebuilders = new Map(models.map(({ name, projection }) => [name, new Rebuilder(projection, store, { ...tools, failpoint: adapters.failpoint })]));
    this.subscribers = [...models, ...policies, ...this.processes.flatMap((process) => process.subscribers), forgetting(adapters, { ...tools, sender })];
    this.deadLetters = new DeadLetters(store, tools);
    this.watch = new Watch(definition.service, this.subscribers, adapters);
  }

  get service(): string {
    return this.definition.service;
  }

  /** Collections, indexes and the place from which the relay of a volatile transport starts. */
  async prepare(): Promise<void> {
    this.startPosition = await this.adapters.store.lastPosition();
    for (const { projection } of this.subscribers) await this.adapters.projections.prepare(projection);
    await this.adapters.projections.prepare(LAG_WATCH);
    this.prepared = true;
  }

  /** Builds what has not been built from the owners' feeds. Awaited only where views do not survive a restart; elsewhere it goes on behind the scenes, with retries. */
  async build(progress: (name: string, done: number, total: number) => void = () => undefined): Promise<void> {
    if (this.adapters.volatile) {
      await this.readTogether(progress);
      while (!(await this.tendOnce(progress)) && !this.stopping.signal.aborted) await this.adapters.clock.wait(RETRY_MS, this.stopping.signal);
      await this.replayOnce(progress);
      this.replayed = true;
    } else this.background.push(this.replayOnce(progress));
    this.background.push(this.tend());
  }

  private replayOnce(progress: (name: string, done: number, total: number) => void): Promise<void> {
    const { feeds, projections, volatile, clock, log } = this.adapters;
    const others = this.subscribers.filter(({ name }) => !this.rebuilders.has(name));
    return replayOnce(others, { registry: this.definition.registry, feeds, store: projections, clock, log, volatile, progress, signal: this.stopping.signal });
  }

  /** Each log once for all read models that are to be built from it. */
  private async readTogether(progress: (name: string, done: number, total: number) => void): Promise<void> {
    const { feeds } = this.adapters;
    const rebuilders = await this.restless();
    for (const service of followedBy(this.subscribers)) {
      const end = await feeds.lastPosition(service);
      for await (const commits of pagesOf(feeds, service, { after: 0, end })) {
        if (this.stopping.signal.aborted) return;
        for (const rebuilder of rebuilders) await rebuilder.take(service, commits);
        progress(service, commits[commits.length - 1]!.position, end);
      }
    }
    for (const rebuilder of rebuilders) await rebuilder.takenAll();
  }

  async consume(): Promise<void> {
    const services = followedBy(this.subscribers);
    if (services.length === 0) return;
    const { feeds, clock, log, metrics, audit } = this.adapters;
    const tools = { registry: this.definition.registry, feeds, clock, log, metrics, audit, completeness: this.completeness, sharesUpTo: this.adapters.projections.sharesUpTo };
    this.consumer = await this.adapters.transport.consume({
      group: this.group(),
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
        this.watch.leads(term);
        if (volatile) await state.save({ position: this.startPosition, partitions: new Map() });
        // Timers fire where the log is led; the relay's end ends the term for them too.
        const over = new AbortController();
        const until = AbortSignal.any([term, over.signal]);
        const relay = new Relay(store, transport, state, { clock, log, failpoint, metrics, audit }).run(until).finally(() => over.abort());
        await Promise.all([relay, ...this.processes.map((process) => process.runTimers(until))]);
      }, signal),
      this.drainUnknownVersions(signal),
      this.watch.run(signal),
      new Housekeeping(this.service, [...this.rebuilders.values()], this.adapters).run(signal),
    );
  }

  /** After an upgrade the queues that waited for it; again and again, as members of before the upgrade may go on parking for a while. */
  private async drainUnknownVersions(signal: AbortSignal): Promise<void> {
    const failed = (error: unknown, projection?: string): void => this.adapters.log.warn('events of unknown versions: will try again', { projection, error: String(error) });
    while (!signal.aborted) {
      const waiting = await this.withLetters().catch((error: unknown) => (failed(error), []));
      for (const subscriber of waiting) await this.deadLetters.drainUnknownVersions(subscriber).catch((error: unknown) => failed(error, subscriber.projection.name));
      await this.adapters.clock.wait(DRAIN_MS, signal);
    }
  }

  /** Asked for all at once: one request. */
  private async withLetters(): Promise<Subscriber[]> {
    const letters = await Promise.all(this.subscribers.map(({ projection }) => this.adapters.projections.countDeadLetters(projection)));
    return this.subscribers.filter((_subscriber, i) => letters[i]! > 0);
  }

  /** Whether commands can be taken: the store answers. Kafka does not count. */
  async ready(): Promise<boolean> {
    if (!this.prepared || (this.adapters.volatile && !this.replayed)) return false;
    await this.adapters.store.lastPosition();
    return true;
  }

  async status(): Promise<ProjectionStatus[]> {
    return Promise.all(
      [...this.rebuilders.values()].map(async (rebuilder) => {
        const { name, version } = rebuilder.projection;
        const { rebuild, ...generations } = await rebuilder.status();
        const etaSeconds = rebuild?.rate ? Math.ceil((rebuild.total - rebuild.done) / rebuild.rate) : null;
        return { name, version, ...generations, rebuild: rebuild && { ...rebuild, etaSeconds } };
      }),
    );
  }

  /** Null for what is no read model of the service. */
  rebuilder(name: string): Rebuilder | null {
    return this.rebuilders.get(name) ?? null;
  }

  /** Builds a new generation of a read model beside the serving one and switches to it. Resolves when it is begun; see `status`. */
  async rebuild(rebuilder: Rebuilder, actor: string): Promise<void> {
    await rebuilder.start(actor);
    this.pause.abort();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.consumer?.stop();
    await Promise.allSettled(this.background);
    await this.adapters.close();
  }

  /**
   * Processes that run the same versions of the same read models share the work. During a rolling upgrade the old and the new ones do not: each has every event for
   * itself, so the old version goes on serving its readers, and is up to date should the upgrade be taken back.
   */
  private group(): string {
    const versions = this.subscribers.map(({ projection }) => `${projection.name}@${projection.version}`).sort();
    return `keyfold.${this.service}.${this.adapters.ids.derive(...versions).slice(0, 8)}`;
  }

  /** Works on what is to be built or rebuilt, and feeds what may serve again, until the service stops. */
  private async tend(): Promise<void> {
    const { signal } = this.stopping;
    const wake = (): void => this.pause.abort();
    signal.addEventListener('abort', wake);
    while (!signal.aborted) {
      this.pause = new AbortController();
      await this.tendOnce();
      if (!signal.aborted) await this.adapters.clock.wait(TEND_MS, this.pause.signal);
    }
    for (const rebuilder of this.rebuilders.values()) await rebuilder.letGo().catch(() => undefined);
  }

  /** One read model after the other. True when every one of them has been built. */
  private async tendOnce(progress: (name: string, done: number, total: number) => void = () => undefined): Promise<boolean> {
    let built = true;
    for (const rebuilder of await this.restless())
      try {
        await rebuilder.work(this.stopping.signal, (done, total) => progress(rebuilder.name, done, total));
        built &&= (await rebuilder.status()).built;
      } catch (error) {
        built = false;
        this.adapters.log.warn('cannot tend to the read model now, will try again', { projection: rebuilder.name, error: String(error) });
      }
    return built;
  }

  /** The read models of which there is something to do, or of which nobody can say. They are looked at all at once. */
  private async restless(): Promise<Rebuilder[]> {
    const rebuilders = [...this.rebuilders.values()];
    const resting = await Promise.all(rebuilders.map((rebuilder) => rebuilder.status().then(rests, () => false)));
    return rebuilders.filter((_rebuilder, i) => !resting[i]);
  }
}

const rests = ({ built, previous, rebuild }: GenerationsStatus): boolean => built && previous === null && !isUnderWay(rebuild);

/** Every service of the process. */
export const runtimesOf = (discovery: DiscoveryService): ServiceRuntime[] =>
  discovery.getProviders().flatMap(({ instance }) => (instance instanceof ServiceRuntime ? [instance] : []));
