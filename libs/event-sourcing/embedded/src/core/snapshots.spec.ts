import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { decider, type Decider, type Snapshot, type SnapshotStore, upcastFrom } from '@keyfold/event-sourcing';
import { type Counter, counted, counter, type CounterEvent, eventually, snapshotStoreContract, someCommit, someContext, someEvent } from '@keyfold/event-sourcing/testing';
import { testService, type TestService } from '../../test/service.js';
import { openDatabase } from '../database.js';
import { SNAPSHOTS, SqliteSnapshotStore } from '../sqlite-snapshot-store.js';

snapshotStoreContract('SQLite', async () => {
  const database = openDatabase(':memory:', SNAPSHOTS);
  return { store: new SqliteSnapshotStore(database), close: async () => database.close() };
});

type Tally = Decider<Counter, CounterEvent>;
const tally: Tally = decider({ ...counter, snapshotVersion: 1 });

let service: TestService;
beforeEach(() => {
  service = testService();
});
afterEach(() => service.close());

/** The service's snapshots, watched: what is in them now, and how many loads the log had to answer from its beginning. */
const stored = (of: Tally = tally): Promise<Snapshot | null> => {
  let shape = '';
  const spy: SnapshotStore = { load: async (_streamId, asked) => ((shape = asked), null), save: async () => undefined };
  return service
    .process({ snapshots: spy })
    .load(of, '1')
    .then(() => service.snapshotStore.load('counter-1', shape));
};

const run = async (commands: number, aggregates = service.aggregates, of: Tally = tally): Promise<void> => {
  for (let i = 0; i < commands; i++) await aggregates.execute(of, '1', someContext({ repeatable: false }), () => [counted(1)]);
};

/** A fold that tells how many events it has seen. */
const watched = (): { of: Tally; events: () => number } => {
  let events = 0;
  // As a method of the same text the fold has the same shape; what it counts with is outside of it.
  const evolve: Tally['evolve'] = Object.assign((state: Counter, fact: never) => ((events += 1), counter.evolve(state, fact)), { toString: () => String(tally.evolve) });
  return { of: { ...tally, evolve }, events: () => events };
};

describe('a cold load of a long stream', () => {
  it('begins at the snapshot and gives the state of the log', async () => {
    await run(60);
    await eventually(async () => expect(await stored()).toMatchObject({ version: 50 }));
    const { of, events } = watched();
    expect(await service.process().load(of, '1')).toMatchObject({ version: 60, state: { total: 60 }, partitionKey: '1' });
    expect(events()).toBe(10);
  });

  it('appends on it as on any other state', async () => {
    await run(30);
    await eventually(async () => expect(await stored()).toMatchObject({ version: 25 }));
    await run(30, service.process());
    expect(await service.process().load(tally, '1')).toMatchObject({ version: 60, state: { total: 60 } });
  });

  it('leaves a snapshot for the next one', async () => {
    for (let version = 0; version < 40; version++) await service.store.append(someCommit('counter-1', version, { events: [someEvent({ by: 1 })] }));
    await service.process().load(tally, '1');
    await eventually(async () => expect(await stored()).toMatchObject({ version: 40 }));
  });

  it('folds from the beginning where the decider keeps no snapshots, or the stream is short', async () => {
    const asked: string[] = [];
    const taken: Snapshot[] = [];
    const aggregates = service.process({ snapshots: { load: async (streamId) => (asked.push(streamId), null), save: async (snapshots) => void taken.push(...snapshots) } });
    await run(20, aggregates, tally);
    await run(60, aggregates, counter);
    await aggregates.load(counter, '1');
    expect([asked, taken]).toEqual([['counter-1'], []]);
  });
});

describe('a snapshot', () => {
  const saved = async (): Promise<Snapshot> => {
    await run(30);
    return eventually(async () => {
      const snapshot = await stored();
      expect(snapshot).toMatchObject({ version: 25 });
      return snapshot!;
    });
  };
  const totalOver = async (snapshot: Snapshot, of: Tally = tally): Promise<number> => {
    await service.snapshotStore.save([snapshot]);
    return (await service.process().load(of, '1')).state.total;
  };

  it('that is damaged is not believed', async () => {
    const snapshot = await saved();
    expect(await totalOver({ ...snapshot, state: snapshot.state.replace('25', '26') })).toBe(30);
    expect(await totalOver({ ...snapshot, version: 24 })).toBe(30);
    expect(await totalOver({ ...snapshot, state: snapshot.state.slice(0, -2) })).toBe(30);
  });

  it('of another fold is not believed', async () => {
    const snapshot = await saved();
    const doubled: Tally = { ...tally, evolve: (state, fact) => (fact.type === 'test.counter.counted' ? { ...state, total: state.total + 2 * fact.data.by } : state) };
    expect(await totalOver(snapshot, doubled)).toBe(60);
    await service.snapshotStore.save([snapshot]);
    type Counted = { by: number; group?: string };
    const upcastBy = (upcast: (data: Counted) => Counted): Tally => ({
      ...tally,
      contract: { ...tally.contract, events: { ...tally.contract.events, 'test.counter.counted': { version: 2, upcast: upcastFrom<Counted>().to(upcast) } } },
    });
    const others = [{ ...tally, snapshotVersion: 2 }, { ...tally, initial: { total: 1, name: null } }, upcastBy((data) => data), upcastBy((data) => ({ ...data }))];
    for (const other of others) expect(await stored(other)).toBeNull();
    expect(await stored()).toEqual(snapshot);
  });

  it('beyond the end of a log that was restored is not believed', async () => {
    const snapshot = await saved();
    const restored = testService();
    for (let version = 0; version < 10; version++) await restored.store.append(someCommit('counter-1', version, { events: [someEvent({ by: 2 })] }));
    await restored.snapshotStore.save([snapshot]);
    expect(await restored.aggregates.load(tally, '1')).toMatchObject({ version: 10, state: { total: 20 } });
    // The same versions written anew by other commands: only the commit tells them apart.
    for (let version = 10; version < 40; version++) await restored.store.append(someCommit('counter-1', version, { events: [someEvent({ by: 2 })] }));
    await restored.snapshotStore.save([snapshot]);
    expect(await restored.process().load(tally, '1')).toMatchObject({ version: 40, state: { total: 80 } });
    restored.close();
  });

  it('that cannot be read is not missed', async () => {
    await run(30);
    const snapshots: SnapshotStore = { load: () => Promise.reject(new Error('down')), save: async () => undefined };
    expect(await service.process({ snapshots }).load(tally, '1')).toMatchObject({ version: 30, state: { total: 30 } });
  });

  it('holds personal data as ciphertext only', async () => {
    const named: CounterEvent = { type: 'test.counter.named', data: { personId: 'p-1', name: 'Zoë' } };
    await service.aggregates.execute(tally, '1', someContext(), () => [named]);
    const { state } = await saved();
    expect(JSON.parse(state)).toEqual({ total: 24, name: 'sealed.p-1.ëoZ' });
  });

  it('is not taken of a state that JSON would not give back', async () => {
    const keyed = decider<ReadonlyMap<string, number>, CounterEvent>({
      contract: counter.contract,
      initial: new Map(),
      evolve: (state, fact) => new Map(state).set('total', fact.version),
      snapshotVersion: 1,
    });
    const taken: Snapshot[] = [];
    const aggregates = service.process({ snapshots: { load: async () => null, save: async (snapshots) => void taken.push(...snapshots) } });
    for (let i = 0; i < 60; i++) await aggregates.execute(keyed, '1', someContext({ repeatable: false }), () => [counted(1)]);
    expect(taken).toEqual([]);
  });
});

describe('the command path', () => {
  it('neither waits for a snapshot nor hears that it failed', async () => {
    const hanging: SnapshotStore = { load: async () => null, save: () => new Promise(() => undefined) };
    const failing: SnapshotStore = { load: async () => null, save: () => Promise.reject(new Error('disk full')) };
    for (const snapshots of [hanging, failing]) await run(60, service.process({ snapshots }));
    expect(await service.process().load(counter, '1')).toMatchObject({ version: 120 });
  });

  it('keeps a bounded number of states waiting for a store that hangs', async () => {
    const batches: number[] = [];
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const snapshots: SnapshotStore = { load: async () => null, save: async (batch) => (batches.push(batch.length), gate) };
    const aggregates = service.process({ snapshots });
    const many = (id: number) => aggregates.execute(tally, String(id), someContext({ repeatable: false }), () => Array.from({ length: 25 }, () => counted(1)));
    for (let id = 0; id < 200; id++) await many(id);
    go();
    await eventually(() => expect(batches).toEqual([1, 32, 32]));
  });
});
