import { type AnyProjection, EventRegistry, isStreamOf, isUnderWay, topicOf } from '@keyfold/event-sourcing';
import { seededIds } from '../ids.js';
import { SimulatedBroker } from './broker.js';
import { COMMITS, type StoredCommit, uniqueKeysOf } from './event-store.js';
import { NO_FAULTS } from './faults.js';
import { SimulatedServer } from './server.js';
import { contractsOf, Instance, type SimulatedService, type Surroundings } from './service.js';
import { durableView, marksOf, rowsOf, servingGeneration, viewOf } from './views.js';
import type { World } from './world.js';

const INSTANCES = 2;
const SOON_MS = 10_000;
const LARGEST_SKEW_MS = 600_000;
const RETRY_MS = 90_000;
const OPERATES_AGAIN_MS = [100, 1_500] as const;

/** The services on their servers, one broker, and what goes wrong with them. */
export class Deployment implements Surroundings {
  readonly broker: SimulatedBroker;
  readonly servers: ReadonlyMap<string, SimulatedServer>;
  readonly registry: EventRegistry;
  readonly ids = seededIds();
  readonly answeredWithoutCommit = new Set<string>();
  readonly instances: readonly Instance[];
  undisturbed = false;
  /** Timers that are due before it must fire, in ms since 1970. A process whose clock was ahead has set others far too late, and that is no fault of who fires them. */
  timersUntil = Infinity;

  constructor(
    readonly world: World,
    readonly services: readonly SimulatedService[],
  ) {
    this.broker = new SimulatedBroker(world);
    this.servers = new Map(services.map(({ service }) => [service, new SimulatedServer(world, `server of ${service}`, uniqueKeysOf)]));
    this.registry = new EventRegistry(contractsOf(services));
    this.instances = services.flatMap((service) =>
      Array.from({ length: INSTANCES }, (_, i) => new Instance(this, service, `${service.service}-${i + 1}`)),
    );
  }

  readonly instancesOf = (service: string): readonly Instance[] => {
    const instances = this.instances.filter(({ definition }) => definition.service === service);
    if (instances.length === 0) throw new Error(`the workload names ${service}, which is not among the services`);
    return instances;
  };

  readonly headOf = (service: string, streamId: string): number => {
    let head = 0;
    for (const commit of this.servers.get(service)!.local<StoredCommit>(COMMITS).values())
      if (commit.streamId === streamId) head = Math.max(head, commit.toVersion);
    return head;
  };

  readonly isDone = (service: string, commandId: string): boolean => {
    for (const commit of this.servers.get(service)!.durable<StoredCommit>(COMMITS).values())
      if (commit.commandId === commandId) return true;
    return false;
  };

  projectionsOf(service: string): readonly AnyProjection[] {
    return this.instancesOf(service)[0]!.subscribers.map(({ projection }) => projection);
  }

  /** Plans the faults of the next `ms`, after which there are none. */
  disturb(ms: number): void {
    const { world } = this;
    const { random, faults } = world;
    const at = (times: number, fault: () => void): void => {
      for (let i = 0; i < Math.floor(times + random.next()); i++) world.after(random.between(0, ms), '', fault);
    };
    for (const instance of this.instances) {
      at(faults.pauses, () => this.pause(instance));
      at(faults.clockJumps / 4, () => instance.process.setClock(random.between(-LARGEST_SKEW_MS, LARGEST_SKEW_MS)));
    }
    for (const server of this.servers.values()) {
      at(faults.failovers, () => server.failOver());
      at(faults.clockJumps / 4, () => (server.clockSkew = random.between(-3_000, 3_000)));
    }
    at(faults.lostTopics, () => this.broker.lose(topicOf(random.pick(this.services).service)));
    at(faults.rebuilds, () => this.operate(random.pick(this.services).service));
    at(faults.rebalances * this.services.length, () => this.broker.rebalanceAny());
    world.after(ms, 'no more faults', () => {
      Object.assign(faults, NO_FAULTS);
      for (const { process } of this.instances) process.setClock(0);
      this.timersUntil = world.instant + SOON_MS;
      this.undisturbed = true;
    });
  }

  /** What is not yet in order. */
  disorder(): string[] {
    const found: string[] = [];
    for (const [service, server] of this.servers) {
      const commits = [...server.local<StoredCommit>(COMMITS).values()];
      const open = commits.filter((commit) => commit.position === null).length;
      if (open > 0) found.push(`${open} commits of ${service} have no position`);
      found.push(...this.missing(service, commits));
      for (const projection of this.projectionsOf(service)) {
        const { built, rebuild } = durableView(server, viewOf(projection));
        if (!built || isUnderWay(rebuild)) found.push(`${projection.name} is being built`);
        found.push(...this.behind(service, projection));
      }
    }
    if (!this.broker.drained) found.push('a group has not read its topics to the end');
    return found;
  }

  /** Streams with dead letters. */
  parked(): string[] {
    return this.services.flatMap(({ service, projections = [] }) =>
      projections.flatMap((projection) => {
        const marks = this.marks(service, projection);
        return [...marks].filter(([, { accepted, applied }]) => applied < accepted).map(([streamId]) => `${projection.name}: ${streamId}`);
      }),
    );
  }

  /** As an operator would. */
  async retryDeadLetters(): Promise<void> {
    let left = 0;
    for (const { service, projections = [] } of this.services)
      for (const projection of projections)
        for (const [streamId, { accepted, applied }] of this.marks(service, projection)) {
          if (applied === accepted) continue;
          left += 1;
          void this.instancesOf(service)[0]!
            .retryDeadLetters(projection.name, streamId)
            .then(() => (left -= 1));
        }
    await this.world.run(() => left === 0, this.world.now + RETRY_MS);
  }

  /** What is not yet on the topic, or not on it any more: until the relay has noticed and published it again. */
  private *missing(service: string, commits: readonly StoredCommit[]): Generator<string> {
    const versions = new Set(
      this.broker
        .messages(topicOf(service))
        .flatMap((messages) => messages.map(({ headers }) => `${headers['ce_streamversion']}@${headers['ce_subject']}`)),
    );
    for (const { streamId, toVersion } of commits)
      if (!versions.has(`${toVersion}@${streamId}`)) return yield `the topic of ${service} lacks version ${toVersion} of ${streamId}`;
  }

  /** What was begun somebody may want back soon. */
  private operate(service: string): void {
    const { random } = this.world;
    const instances = this.instancesOf(service);
    random.pick(instances).operate();
    const again = (): void => {
      if (!this.undisturbed) random.pick(instances).operate();
    };
    for (let i = 0; i < 2; i++) this.world.after(random.between(...OPERATES_AGAIN_MS), '', again);
  }

  private pause({ process }: Instance): void {
    const { random } = this.world;
    process.standStill(random.chance(0.3) ? random.between(1_000, 6_000) : random.between(5, 500));
    this.broker.expire(process);
  }

  private marks(service: string, projection: AnyProjection): ReadonlyMap<string, { accepted: number; applied: number }> {
    const server = this.servers.get(service)!;
    return server.durable(marksOf(viewOf(projection), servingGeneration(server, viewOf(projection))));
  }

  private *behind(service: string, projection: AnyProjection): Generator<string> {
    const marks = this.marks(service, projection);
    for (const contract of projection.follows)
      for (const { streamId, toVersion } of this.servers.get(contract.service)!.local<StoredCommit>(COMMITS).values()) {
        const accepted = marks.get(streamId)?.accepted ?? 0;
        if (isStreamOf(contract, streamId) && accepted < toVersion)
          return yield `${projection.name} has accepted ${streamId} up to ${accepted}`;
      }
    const server = this.servers.get(service)!;
    if (!projection.name.endsWith('-timers')) return;
    const timers = server.durable<{ dueAt: string }>(rowsOf(viewOf(projection), servingGeneration(server, viewOf(projection))));
    if ([...timers.values()].some(({ dueAt }) => Date.parse(dueAt) < this.timersUntil)) yield `${projection.name} has timers to fire`;
  }
}
