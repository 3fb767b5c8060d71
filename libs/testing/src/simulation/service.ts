import {
  type AggregateContract,
  Aggregates,
  type AnyProcessManager,
  type AnyProjection,
  type CommandContext,
  type CommandResult,
  type CommandSender,
  type Decider,
  DeadLetters,
  deliver,
  DomainError,
  type DomainEvent,
  EventRegistry,
  type Feeds,
  type Ids,
  Leadership,
  NotFound,
  noAuditLog,
  noMetrics,
  type Policy,
  PolicyRunner,
  ProcessRunner,
  ReadModel,
  Rebuilder,
  Relay,
  replayOnce,
  Sequencer,
  type Subscriber,
  topicOf,
} from '@keyfold/event-sourcing';
import { seededIds } from '../ids.js';
import type { SimulatedBroker } from './broker.js';
import { otherStreamsOf, type SimulatedWrite } from './other-streams.js';
import { SimulatedEventStore } from './event-store.js';
import { feedsFrom } from './feeds.js';
import { SimulatedLeases, SimulatedNumbering, SimulatedRelayState } from './leading.js';
import { SimulatedProcess } from './process.js';
import { SimulatedProjectionStore } from './projection-store.js';
import type { SimulatedServer } from './server.js';
import { Tending } from './tending.js';
import { SimulatedTransport } from './transport.js';
import type { World } from './world.js';

/** A command of a service: on which aggregate, and the decision. */
export interface SimulatedCommand {
  readonly decider: Decider<any, any>;
  /** Pure. Throws DomainError to refuse; nothing to do is []. */
  decide(state: any, body: any, now: string): readonly DomainEvent[];
  /** What has to be written on other streams before. */
  claims?(id: string, body: any): readonly SimulatedWrite[];
  /** What is written on other streams behind it. */
  follows?(id: string, body: any): readonly SimulatedWrite[];
}

/** One service to simulate: what its module would list. */
export interface SimulatedService {
  readonly service: string;
  readonly contracts: readonly AggregateContract<never>[];
  /** By the name in the path: `<aggregate-plural>/<command>`. */
  readonly commands: Readonly<Record<string, SimulatedCommand>>;
  readonly projections?: readonly AnyProjection[];
  readonly policies?: readonly Policy[];
  readonly processes?: readonly AnyProcessManager[];
}

export interface CommandToSend {
  readonly name: string;
  readonly id: string;
  readonly body: object;
  readonly commandId: string;
  readonly expectedVersion: number | null;
}

/** What the services of one simulation share. */
export interface Surroundings {
  readonly world: World;
  readonly broker: SimulatedBroker;
  readonly services: readonly SimulatedService[];
  readonly servers: ReadonlyMap<string, SimulatedServer>;
  readonly registry: EventRegistry;
  /** What became of the commands of policies and processes that were answered without a commit: refused, or nothing to do. */
  readonly answeredWithoutCommit: Set<string>;
}

const LEASE_MS = 2_400;
const CACHE_BYTES = 900; // some three states
const RESTART_MS = [20, 1_200] as const;
const RETRY_MS = 300;
const SHARES_UP_TO = 20;

export const contractsOf = (services: readonly SimulatedService[]): AggregateContract<never>[] =>
  services.flatMap(({ contracts, processes }) => [
    ...contracts,
    ...(processes ?? []).map((process) => process.contract as AggregateContract<never>),
  ]);

/** One process of a service, started again whenever it has crashed: command path, sequencer and relay under a lease, subscription, timers. */
export class Instance {
  process!: SimulatedProcess;
  subscribers: readonly Subscriber[] = [];
  private aggregates!: Aggregates;
  private deadLetters!: DeadLetters;
  private tending!: Tending;
  private starts = 0;

  constructor(
    private readonly around: Surroundings,
    readonly definition: SimulatedService,
    private readonly name: string,
  ) {
    this.start();
  }

  /** Runs one command in the process, as it comes in at the edge. */
  execute(
    { name, id, body, commandId, expectedVersion }: CommandToSend,
    cause: { correlationId: string; causationId: string | null } | null = null,
  ): Promise<CommandResult> {
    const command = this.definition.commands[name];
    if (!command) throw new NotFound('command', name);
    const now = this.process.clock.now().toISOString();
    const context: CommandContext = {
      commandId,
      commandHash: JSON.stringify([name, id, body]),
      repeatable: true,
      actor: { subject: 'simulated', memberId: null, roles: [] },
      correlationId: cause?.correlationId ?? commandId,
      causationId: cause?.causationId ?? null,
      traceparent: null,
      expectedVersion,
      dryRun: false,
      now,
    };
    return this.aggregates.execute(command.decider, id, context, (state) => command.decide(state, body, now), otherStreamsOf(command, { id, body }, context));
  }

  /** As an operator would, who tries again when a server was away. */
  async retryDeadLetters(subscriber: string, streamId: string): Promise<void> {
    for (;;)
      try {
        await this.deadLetters.retry(
          this.subscribers.find(({ name }) => name === subscriber)!,
          streamId,
        );
        return;
      } catch (error) {
        this.process.log.warn('dead letters: will try again', { subscriber, streamId, error: String(error) });
        await this.process.clock.wait(RETRY_MS);
      }
  }

  /** Somebody rebuilds a read model of the process, rolls it back or drops what served before. */
  operate(): void {
    if (this.process.alive) void this.tending.operate();
  }

  private start(): void {
    const { world, broker, registry } = this.around;
    const incarnation = `${this.name}/${++this.starts}`;
    world.note(`${incarnation} starts`);
    const process = new SimulatedProcess(world, this.name);
    this.process = process;
    process.onCrash(() => {
      broker.expire(process);
      world.after(world.random.between(...RESTART_MS), '', () => this.start());
    });
    const { clock, log } = process;
    const ids = seededIds(incarnation);
    const failpoint = (): Promise<void> | void => (world.random.chance(0.1) ? clock.wait(world.random.between(0, 30)) : undefined);
    const vault = {
      encrypt: async (_person: string, text: string) => text,
      decrypt: async (text: string) => text,
      forget: () => undefined,
    };
    const store = this.storeOf(this.definition.service, process);
    const projections = new SimulatedProjectionStore(store.server, process);
    this.aggregates = new Aggregates(store, registry, { clock, ids, vault, failpoint, cacheBytes: CACHE_BYTES });
    const tools = { registry, feeds: this.feeds(process), clock, log, ids, sender: this.sender() };
    this.deadLetters = new DeadLetters(projections, tools);
    const processes = (this.definition.processes ?? []).map(
      (each) => new ProcessRunner(each, { ...tools, aggregates: this.aggregates, store: projections }),
    );
    const models = (this.definition.projections ?? []).map((projection) => new ReadModel(projection, projections, tools));
    const rebuilding = { ...tools, metrics: noMetrics, audit: noAuditLog, failpoint };
    this.tending = new Tending(
      models.map(({ projection }) => new Rebuilder(projection, projections, rebuilding)),
      process,
    );
    const effects = [
      ...(this.definition.policies ?? []).map((policy) => new PolicyRunner(policy, projections, tools)),
      ...processes.flatMap((each) => each.subscribers),
    ];
    this.subscribers = [...models, ...effects];
    const never = new AbortController().signal;
    const transport = new SimulatedTransport(broker, process, incarnation);
    void this.lead({ store, transport, ids, failpoint, processes }, never);
    void this.consume(transport);
    void replayOnce(effects, { registry: this.around.registry, feeds: this.feeds(process), store: projections, clock: process.clock, log: process.log });
    void this.tending.run();
  }

  /** The sequencer, the relay and the timers share the term: the first two are conditional on its epoch, and either ending ends it. */
  private lead(
    {
      store,
      transport,
      ids,
      failpoint,
      processes,
    }: {
      store: SimulatedEventStore;
      transport: SimulatedTransport;
      ids: Ids;
      failpoint: () => Promise<void> | void;
      processes: readonly ProcessRunner<unknown>[];
    },
    stop: AbortSignal,
  ): Promise<void> {
    const { clock, log, world } = this.process;
    const leadership = new Leadership(new SimulatedLeases(store), { clock, ids, log, ttlMs: LEASE_MS });
    return leadership.lead(
      this.definition.service,
      async (epoch, term) => {
        const over = new AbortController();
        const until = AbortSignal.any([term, over.signal]);
        const sizes = { scan: 2 + world.random.int(20), bulk: 1 + world.random.int(6) };
        const parts = [
          new Sequencer(new SimulatedNumbering(store), { clock, log, failpoint, ...sizes }).run(epoch, until),
          new Relay(store, transport, new SimulatedRelayState(store, epoch), { clock, log, failpoint }).run(until),
        ];
        const timers = processes.map((each) => each.runTimers(until));
        await Promise.race(parts).finally(() => over.abort());
        await Promise.all([...parts, ...timers]);
      },
      stop,
    );
  }

  private async consume(transport: SimulatedTransport): Promise<void> {
    const { subscribers, process } = this;
    const services = [...new Set(subscribers.flatMap(({ projection }) => projection.follows.map((contract) => contract.service)))];
    if (services.length === 0) return;
    const tools = {
      registry: this.around.registry,
      feeds: this.feeds(process),
      clock: process.clock,
      log: process.log,
      partitions: transport.partitions,
      sharesUpTo: SHARES_UP_TO,
    };
    await transport.consume({
      group: this.definition.service,
      topics: services.map(topicOf),
      onBatch: (batch) => deliver(batch, subscribers, tools),
    });
  }

  private storeOf(service: string, process: SimulatedProcess): SimulatedEventStore {
    return new SimulatedEventStore(service, this.around.servers.get(service)!, process);
  }

  private feeds(process: SimulatedProcess): Feeds {
    return feedsFrom((service) => this.storeOf(service, process));
  }

  private sender(): CommandSender {
    const { answeredWithoutCommit } = this.around;
    return {
      send: async (command) => {
        try {
          const result = await this.execute({ ...command, expectedVersion: null }, command);
          if (result.events.length === 0) answeredWithoutCommit.add(command.commandId);
          return result;
        } catch (error) {
          if (error instanceof DomainError || error instanceof NotFound) answeredWithoutCommit.add(command.commandId);
          throw error;
        }
      },
    };
  }
}
