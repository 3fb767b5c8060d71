import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AggregateContract,
  Aggregates,
  type CommittedEvent,
  type Decider,
  decider,
  type DomainEvent,
  EventRegistry,
  type Fact,
  projection,
  type Projection,
  UnknownEventVersion,
  upcastFrom,
} from '@keyfold/event-sourcing';
import { PERSON_OWNERS } from '@keyfold/contracts';
import { createTopics } from '@keyfold/event-sourcing-kafka';
import { createIndexes, openConnection } from '@keyfold/event-sourcing-mongo';
import { type Adapters, ServiceRuntime, systemClock } from '@keyfold/event-sourcing-nest';
import { someCommit, someContext, someEvent } from '@keyfold/event-sourcing/testing';
import { eventually, kafkaForTests, newSecrets } from '@keyfold/testing';
import { distributedAdapters } from '../src/adapters/distributed.js';
import { type Config, readConfig } from '../src/config.js';
import { MetricsRegistry } from '../src/telemetry/metrics-registry.js';

const SERVICE = 'yard';
const MOVED = 'yard.crate.moved';
const SEALED = 'yard.crate.sealed';
const QUIET = { info: () => undefined, warn: () => undefined, error: () => undefined };

interface Crate {
  readonly at: string | null;
}
/** Where a crate has been and when it was sealed, in order. */
interface Route {
  readonly id: string;
  readonly places: readonly string[];
}

/** One release of a small service, as far as releases differ. */
interface Release {
  readonly contract: AggregateContract<never>;
  readonly crate: Decider<Crate, DomainEvent>;
  readonly routes: Projection<Route>;
  moved(place: string): DomainEvent;
}

function release(events: AggregateContract['events'], written: (place: string) => object, placeOf: (data: object) => string): Release {
  const contract: AggregateContract = { service: SERVICE, name: 'crate', streamPrefix: 'crate', events };
  const follows = [contract as AggregateContract<never>];
  return {
    contract: contract as AggregateContract<never>,
    crate: decider({ contract, initial: { at: null }, evolve: (state: Crate, fact: Fact) => (fact.type === MOVED ? { at: placeOf(fact.data) } : state) }),
    routes: projection<Route>({
      name: 'routes',
      version: 1,
      follows,
      fold: (row, event, id) => ({ id, places: [...(row?.places ?? []), event.type === MOVED ? placeOf(event.data) : 'sealed'] }),
    }),
    moved: (place) => ({ type: MOVED, data: written(place) }),
  };
}

const first = release({ [MOVED]: { version: 1 }, [SEALED]: { version: 1 } }, (to) => ({ to }), (data) => (data as { to: string }).to);
const second = release(
  {
    [MOVED]: { version: 2, upcast: upcastFrom<{ to: string }>().to((old) => ({ place: old.to, floor: 0 })) },
    [SEALED]: { version: 1 },
    'yard.crate.weighed': { version: 1 },
  },
  (place) => ({ place, floor: 1 }),
  (data) => (data as { place: string }).place,
);

/** A running instance of a release, on the same database, topic and consumer group as all others. */
class Instance {
  readonly aggregates: Aggregates;
  readonly runtime: ServiceRuntime;
  /** Events that this instance has folded into the read model. */
  folded = 0;

  constructor(
    readonly adapters: Adapters,
    private readonly release: Release,
    private readonly journal: Journal,
  ) {
    const registry = new EventRegistry([release.contract]);
    this.aggregates = new Aggregates(adapters.store, registry, { ...adapters, cacheBytes: 100_000 });
    const sender = { send: () => Promise.reject(new Error('nobody sends commands here')) };
    const counted: typeof release.routes.fold = (row, event, id) => {
      this.folded += 1;
      return release.routes.fold(row, event, id);
    };
    this.runtime = new ServiceRuntime({ service: SERVICE, registry, projections: [{ ...release.routes, fold: counted }] }, adapters, this.aggregates, sender);
  }

  move(id: string, place: string): Promise<void> {
    return this.run(id, this.release.moved(place), place);
  }

  /** The event of a seal is the same in both releases. */
  seal(id: string): Promise<void> {
    return this.run(id, { type: SEALED, data: {} }, 'sealed');
  }

  private async run(id: string, event: DomainEvent, entry: string): Promise<void> {
    const { version } = await this.aggregates.execute(this.release.crate, id, someContext(), () => [event]);
    this.journal.acknowledged(id, version, entry);
  }

  parked = async (): Promise<string[]> => (await this.adapters.projections.deadLetters(this.release.routes, { limit: 1_000 })).map(({ streamId, version }) => `${streamId}@${version}`);
  route = async (id: string): Promise<readonly string[]> => (await this.adapters.projections.view(this.release.routes).get(id))?.places ?? [];
  marks = async (id: string) => (await this.adapters.projections.marks(this.release.routes, [`crate-${id}`])).get(`crate-${id}`);
}

/** What was acknowledged, by stream and version: the truth that the read model is held against. */
class Journal {
  private readonly moves = new Map<string, Map<number, string>>();

  acknowledged(id: string, version: number, place: string): void {
    if (!this.moves.has(id)) this.moves.set(id, new Map());
    this.moves.get(id)!.set(version, place);
  }

  get ids(): string[] {
    return [...this.moves.keys()];
  }

  route(id: string): string[] {
    return [...this.moves.get(id)!].sort(([a], [b]) => a - b).map(([, place]) => place);
  }
}

let config: Config;
let journal: Journal;
const instances = new Set<Instance>();
const kafka = kafkaForTests();

beforeEach(async () => {
  config = readConfig({
    KEYFOLD_MODE: 'distributed',
    KEYFOLD_MONGO_URL: process.env['KEYFOLD_MONGO_URL'],
    KEYFOLD_KAFKA_BROKERS: kafka.brokers.join(','),
    KEYFOLD_TOPIC_PREFIX: `${kafka.prefix}${randomBytes(3).toString('hex')}.`,
    ...newSecrets(),
    KEYFOLD_OIDC_ISSUER: 'https://login.example.com',
    KEYFOLD_OIDC_JWKS_URL: 'https://login.example.com/keys',
  });
  await onDatabase((connection) => createIndexes(connection));
  await createTopics({ brokers: kafka.brokers, clientId: 'rolling-upgrade', topicPrefix: config.topicPrefix, clock: systemClock, log: QUIET }, [SERVICE, ...PERSON_OWNERS]); // every service hears of erasures
  journal = new Journal();
}, 120_000);

afterEach(async () => {
  for (const instance of instances) await stop(instance);
  await onDatabase((connection) => connection.dropDatabase());
  await kafka.deleteTopics();
}, 120_000);

async function onDatabase(work: (connection: Awaited<ReturnType<typeof openConnection>>) => Promise<unknown>): Promise<void> {
  const connection = await openConnection(config.mongoUrl!, `${config.topicPrefix.replaceAll('.', '-')}keyfold-${SERVICE}`);
  try {
    await work(connection);
  } finally {
    await connection.close();
  }
}

/** An instance that takes commands; it leads and consumes as well unless it is told not to. */
async function start(of: Release, { consumes = true } = {}): Promise<Instance> {
  const instance = new Instance(await distributedAdapters(SERVICE, config, { log: QUIET, metrics: new MetricsRegistry(), failpoint: () => undefined }), of, journal);
  instances.add(instance);
  await instance.runtime.prepare();
  if (!consumes) return instance;
  await instance.runtime.build();
  await instance.runtime.consume();
  instance.runtime.lead();
  return instance;
}

async function stop(instance: Instance): Promise<void> {
  instances.delete(instance);
  await instance.runtime.stop();
}

const soon = <T>(probe: () => Promise<T>): Promise<T> => eventually(probe, { deadlineMs: 60_000, everyMs: 50 });

/** Every acknowledged move is in the read model, in the order of its stream, and nothing is parked. */
const expectAllApplied = (instance: Instance): Promise<void> =>
  soon(async () => {
    expect(await instance.parked()).toEqual([]);
    for (const id of journal.ids) expect([id, await instance.route(id)]).toEqual([id, journal.route(id)]);
  });

/** Appends one event as it stands, whatever this release knows of it. */
async function append(instance: Instance, id: string, event: Partial<CommittedEvent>): Promise<number> {
  const version = await instance.adapters.store.head(`crate-${id}`);
  await instance.adapters.store.append(someCommit(`crate-${id}`, version, { partitionKey: id, events: [{ ...someEvent(), ...event }] }));
  return version + 1;
}

describe('a rolling upgrade', () => {
  it('parks what the old release cannot read, in order, and the new release applies it: nothing is lost', async () => {
    const old = await start(first);
    const fresh = await start(second, { consumes: false });
    for (const id of ['old', 'both']) await old.move(id, 'quay');
    await fresh.move('both', 'hall'); // from here on, the old release cannot read this stream
    await fresh.seal('both'); // it could read this one, but not before the one that it cannot read
    await fresh.move('new', 'hall');
    await old.move('old', 'ship');
    await soon(async () => expect(await old.parked()).toEqual(['crate-both@2', 'crate-both@3', 'crate-new@1']));
    expect(await old.marks('both')).toEqual({ accepted: 3, applied: 1 });
    await soon(async () => expect(await old.route('old')).toEqual(['quay', 'ship']));
    expect(await old.route('both')).toEqual(['quay']);

    const consuming = await start(second);
    await expectAllApplied(consuming);
    expect(await consuming.marks('both')).toEqual({ accepted: 3, applied: 3 });
  });

  it('keeps the order of every stream while both releases write and read at once', async () => {
    const [old, fresh] = [await start(first), await start(second)];
    const ids = Array.from({ length: 12 }, (_, i) => `${i}`);
    let rounds = 0;
    let wasParked = false;
    const round = async (): Promise<void> => {
      rounds += 1;
      // Half of the streams are in the hands of the new release.
      await Promise.all(ids.map((id, i) => (i % 2 === 0 ? old : fresh).move(id, `${rounds}`)));
      wasParked ||= (await old.parked()).length > 0; // the new release drains from time to time what it can read
    };
    const hasFolded = (instance: Instance, more: number): Promise<void> =>
      soon(async () => {
        await round();
        expect(instance.folded).toBeGreaterThan(more);
      });
    await hasFolded(fresh, 20); // it has partitions of its own by now
    await hasFolded(old, old.folded + 20); // and so has the old one still

    await soon(async () => {
      for (const id of ids) expect((await fresh.marks(id))?.accepted).toBe(rounds);
    });
    expect(wasParked).toBe(true);
    await stop(old);
    const upgraded = await start(second);
    await expectAllApplied(upgraded);
    for (const id of ids) expect(await upgraded.marks(id)).toEqual({ accepted: rounds, applied: rounds });
  });
});

describe('a downgrade', () => {
  it('refuses commands on streams that hold newer events, by version, and serves all others', async () => {
    const fresh = await start(second);
    await fresh.move('new', 'quay');
    await expectAllApplied(fresh);
    const old = await start(first);
    await old.move('old', 'quay');
    await stop(fresh);

    const refused = old.move('new', 'ship');
    await expect(refused).rejects.toThrow(UnknownEventVersion);
    await expect(refused).rejects.toThrow(`${MOVED} version 2 is not known to this process`);
    await old.move('old', 'ship');
    await soon(async () => expect(await old.route('old')).toEqual(['quay', 'ship']));
    expect(await old.route('new')).toEqual(['quay']); // what the new release has applied stays

    await stop(old);
    const back = await start(second);
    await back.move('new', 'ship');
    await expectAllApplied(back);
  });
});

describe('an old release', () => {
  it('reads on past event types and fields that it does not know', async () => {
    const old = await start(first);
    await old.move('1', 'quay');
    await append(old, '1', { type: 'yard.crate.weighed', data: { kilos: 80 } });
    journal.acknowledged('1', await append(old, '1', { type: MOVED, data: { to: 'hall', by: 'crane' } }), 'hall');
    await soon(async () => expect(await old.marks('1')).toEqual({ accepted: 3, applied: 3 }));
    const restarted = await start(first, { consumes: false });
    await restarted.move('1', 'ship');
    await expectAllApplied(old);
  });
});
