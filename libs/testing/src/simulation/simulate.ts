import { Client, type Recorded, type Workload } from './client.js';
import { Deployment } from './deployment.js';
import { exampleServices } from './example.js';
import { type Faults, NO_FAULTS, someFaults } from './faults.js';
import { logOf, violationsOf } from './invariants.js';
import { Random } from './random.js';
import type { SimulatedService } from './service.js';
import { World } from './world.js';

export interface Simulation {
  /** One seed is one history: the same seed gives the same, step by step. */
  readonly seed: number;
  /** The services, new ones for each run, and the commands that clients send. Absent: those that Keyfold's own machinery is simulated with. */
  readonly make?: () => {
    readonly services: readonly SimulatedService[];
    readonly workload: Workload;
    /** Makes the projections fold what they could not; then the dead letters are tried again, and none may be left. */
    mend?(): void;
  };
  /** Absent: some, drawn from the seed. */
  readonly faults?: Partial<Faults>;
  /** Commands in a run; about 18 unless told. */
  readonly commands?: number;
}

export interface Outcome {
  readonly seed: number;
  /** Of the history: two runs of one seed agree in it. */
  readonly hash: string;
  /** What happened, a line each, with the time in ms. */
  readonly history: readonly string[];
  /** What does not hold; empty if all is well. */
  readonly violations: readonly string[];
  readonly commands: { readonly done: number; readonly refused: number; readonly unknown: number };
  readonly commits: number;
}

const CLIENTS = 3;
const FAULTS_MS = [1_000, 6_000] as const;
/** Time in which everything must be in order again after the last fault. */
const RECOVERY_MS = 90_000;
const LOOK_MS = 100;

/**
 * Runs services on simulated processes, servers and a broker, with clients that send commands, while requests get lost, processes crash and stand still, servers fail over
 * and clocks jump; then without faults until everything is in order; then checks the invariants. No real time passes, and nothing comes from outside but the seed.
 */
export async function simulate({ seed, make = exampleServices, faults, commands = 18 }: Simulation): Promise<Outcome> {
  const random = new Random(seed);
  const world = new World(random, faults ? { ...NO_FAULTS, ...faults } : someFaults(random));
  const { services, workload, mend } = make();
  const deployment = new Deployment(world, services);
  const journal: Recorded[] = [];
  const told = new Map<string, number>();
  const around = {
    world,
    workload,
    told,
    journal,
    instancesOf: deployment.instancesOf,
    headOf: deployment.headOf,
    isDone: deployment.isDone,
  };
  let busy = CLIENTS;
  for (let i = 1; i <= CLIENTS; i++)
    void new Client(around, `client-${i}`).run(Math.ceil(commands / CLIENTS)).then(() => {
      busy -= 1;
    });
  deployment.disturb(random.between(...FAULTS_MS));
  await world.run(() => deployment.undisturbed, Infinity);
  const inOrder = (): boolean => busy === 0 && deployment.disorder().length === 0;
  await settle(world, inOrder);
  if (mend && inOrder()) {
    mend();
    await deployment.retryDeadLetters();
    await settle(world, inOrder);
  }
  if (busy > 0) world.violated(`I10 ${busy} clients were not answered within ${RECOVERY_MS} ms after the last fault`);
  for (const what of deployment.disorder()) world.violated(`I10 ${what}, ${RECOVERY_MS} ms after the last fault`);
  const { ids, broker, servers, registry, answeredWithoutCommit } = deployment;
  const projections = new Map(
    deployment.instances.map((instance) => [instance.definition.service, deployment.projectionsOf(instance.definition.service)]),
  );
  for (const violation of violationsOf({
    services,
    servers,
    broker,
    registry,
    ids,
    journal,
    answeredWithoutCommit,
    projections,
    timersUntil: deployment.timersUntil,
  }))
    world.violated(violation);
  if (mend) for (const what of deployment.parked()) world.violated(`I4 ${what} is parked, and nothing is wrong with it any more`);
  const count = (outcome: Recorded['outcome']): number => journal.filter((recorded) => recorded.outcome === outcome).length;
  return {
    seed,
    hash: world.hash,
    history: world.history,
    violations: world.violations,
    commands: { done: count('done'), refused: count('refused'), unknown: count('unknown') },
    commits: [...servers.values()].reduce((sum, server) => sum + logOf(server).length, 0),
  };
}

/** Runs until all is in order, looking now and then. */
async function settle(world: World, inOrder: () => boolean): Promise<void> {
  let settled = false;
  const look = (): void => {
    settled = inOrder();
    if (!settled) world.after(LOOK_MS, '', look);
  };
  world.after(0, '', look);
  await world.run(() => settled, world.now + RECOVERY_MS);
}
