import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore, RelayPlace, SequencedCommit } from '@keyfold/event-sourcing';
import { eventually, within } from '@keyfold/event-sourcing/testing';
import type { mongo } from 'mongoose';
import { commitInOrder } from '../src/commit-bytes.js';
import { COMMITS } from '../src/commit-document.js';
import { databaseOf } from '../src/connection.js';
import { type LeaseDocument, leasesOf } from '../src/lease-document.js';
import { MongoEventStore } from '../src/event-store.js';
import { MongoRelayState } from '../src/relay-state.js';
import { PausableProcess } from './pausable-process.js';
import { commitOf, freshDatabase, realClock, type TestDatabase, tools } from './support.js';

let database: TestDatabase;
let leases: mongo.Collection<LeaseDocument>;
const running: PausableProcess[] = [];
const start = (pauseAt?: { point: string; passing: number }): PausableProcess => {
  const process = new PausableProcess(database.connection, pauseAt ?? null);
  running.push(process);
  return process;
};

beforeEach(async () => {
  database = await freshDatabase();
  leases = leasesOf(databaseOf(database.connection));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.end()));
  await database.drop();
});

const appendRounds = async (store: EventStore, streams: number, versions: readonly number[]): Promise<void> => {
  for (const version of versions) await Promise.all(Array.from({ length: streams }, (_, i) => store.append(commitOf(`account-${i}`, version))));
};

/** G4: as many positions as commits, 1..n, each stream in its order. */
const everythingNumbered = (store: EventStore, count: number): Promise<SequencedCommit[]> =>
  eventually(
    async () => {
      const commits = await store.feed(0, 10_000);
      expect(commits.map((commit) => commit.position)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
      expect(new Set(commits.map((commit) => commit.commitId)).size).toBe(count);
      for (const stream of Map.groupBy(commits, (commit) => commit.streamId).values())
        expect(stream.map((commit) => commit.expectedVersion)).toEqual(stream.map((_, i) => i));
      const times = commits.map((commit) => commit.recordedAt);
      expect(times).toEqual([...times].sort());
      return commits;
    },
    { deadlineMs: 60_000 },
  );

it('leaves commits in the order in which they are read fastest', async () => {
  const { store } = start();
  await store.append(commitOf('account-1', 0, { count: 2 }));
  await everythingNumbered(store, 1);
  const [bytes] = await databaseOf(database.connection).collection(COMMITS).find({}, { raw: true }).toArray();
  expect(commitInOrder(bytes as unknown as Buffer)).toEqual((await store.feed(0, 1))[0]);
});

describe('a leader that stands still', () => {
  const places = ['sequencer-scanned', 'sequencer-given', 'sequencer-numbered'].flatMap((point) => [1, 2].map((passing) => ({ point, passing })));

  it.each(places)('at $point, passing $passing, is followed by another and does no harm when it wakes up', async ({ point, passing }) => {
    const writer = new MongoEventStore(database.connection, 'accounts', tools);
    await appendRounds(writer, 20, [0, 1]);
    const zombie = start({ point, passing });
    if (passing === 2) {
      await everythingNumbered(writer, 40); // or the next commit would still be in the first batch
      await zombie.store.append(commitOf('account-0', 2));
    } else await appendRounds(writer, 1, [2]);
    await within(10_000, zombie.paused);

    const heir = start();
    await heir.store.append(commitOf('late-1', 0));
    await everythingNumbered(writer, 42);
    expect(heir.epochs[0]).toBeGreaterThan(zombie.epochs[0]!);

    zombie.resume();
    await zombie.store.append(commitOf('late-2', 0));
    await heir.store.append(commitOf('late-3', 0));
    await everythingNumbered(writer, 44);
    await writer.close();
  });

  it('in the midst of numbering leaves the rest to its successor, at the same positions', async () => {
    const writer = new MongoEventStore(database.connection, 'accounts', tools);
    await appendRounds(writer, 30, [0]);
    const zombie = start({ point: 'sequencer-given', passing: 1 });
    await within(10_000, zombie.paused);
    // What its interrupted write would have left behind: every third commit of the redo record.
    const { redo, recordedAt } = (await leases.findOne({ _id: 'accounts' }))!;
    const commits = databaseOf(database.connection).collection<{ _id: string }>('commits');
    for (const [i, _id] of redo!.commitIds.entries())
      if (i % 3 === 0) await commits.updateOne({ _id }, { $set: { sequenced: true, position: redo!.from + i + 1, recordedAt } });
    expect(await writer.feed(0, 100)).toHaveLength(1); // stops at the first hole

    start();
    const numbered = await everythingNumbered(writer, 30);
    expect(numbered.map((commit) => commit.commitId)).toEqual(redo!.commitIds);
    zombie.resume();
    await appendRounds(writer, 30, [1]);
    expect((await everythingNumbered(writer, 60)).slice(0, 30)).toEqual(numbered);
    await writer.close();
  });
});

describe('numbering', () => {
  it('works off a backlog larger than one scan', async () => {
    const writer = new MongoEventStore(database.connection, 'accounts', tools);
    await appendRounds(writer, 1_500, [0, 1, 2, 3]);
    start();
    await everythingNumbered(writer, 6_000);
    expect(await writer.lastPosition()).toBe(6_000);
    await writer.close();
  });

  it('has at hand for the relay what it has just numbered, as the feed has it, and nothing that the feed does not show', async () => {
    const leader = start({ point: 'sequencer-given', passing: 1 });
    const { store } = leader;
    await store.append(commitOf('account-1', 0));
    await within(10_000, leader.paused);
    expect(store.atHand(0, 10)).toEqual([]);
    leader.resume();
    await eventually(() => expect(store.atHand(0, 10)).toHaveLength(1));
    expect(store.atHand(0, 10)).toEqual(await store.feed(0, 10));
  });

  it('waits for the predecessor, wherever the scan meets it', async () => {
    // Stored as a new primary might have it: the successors before their predecessors.
    const commits = databaseOf(database.connection).collection('commits');
    const writer = new MongoEventStore(database.connection, 'accounts', tools);
    await appendRounds(writer, 5, [0, 1, 2]);
    const documents = await commits.find().toArray();
    await commits.deleteMany({});
    await commits.insertMany(documents.reverse());
    start();
    expect(await everythingNumbered(writer, 15)).toHaveLength(15);
    await writer.close();
  });

  it('never lets log time go back, should the clock of the server', async () => {
    const { store } = start();
    await store.append(commitOf('account-1', 0));
    await everythingNumbered(store, 1);
    const ahead = new Date(Date.now() + 3_600_000);
    await leases.updateOne({ _id: 'accounts' }, { $set: { recordedAt: ahead } });
    await store.append(commitOf('account-1', 1));
    const commits = await everythingNumbered(store, 2);
    expect(commits[1]!.recordedAt).toBe(ahead.toISOString());
  });

  it('goes on behind the last position when the leases are gone', async () => {
    const { store } = start();
    await appendRounds(store, 3, [0]);
    await everythingNumbered(store, 3);
    await running.splice(0)[0]!.end();
    await leases.deleteMany({});
    const again = start();
    await again.store.append(commitOf('account-0', 1));
    expect((await everythingNumbered(again.store, 4))[3]!.expectedVersion).toBe(1);
  });

  it('hears of commits of other processes without polling', async () => {
    const leader = start();
    await leader.store.append(commitOf('account-1', 0));
    await everythingNumbered(leader.store, 1);
    const other = new MongoEventStore(database.connection, 'accounts', tools);
    await eventually(async () => {
      const before = await leader.store.lastPosition();
      const woken = leader.store.changed(before, 60_000);
      await other.append(commitOf(`account-x${before}`, 0));
      await within(900, woken); // less than the leader's own poll
    });
    await other.close();
  });
});

describe('the relay state', () => {
  const stateOf = (epoch: number): MongoRelayState => new MongoRelayState(database.connection, 'accounts', epoch, realClock);
  const at = (position: number): RelayPlace => ({ position, partitions: new Map([[3, { offset: String(position), eventId: `event-${position}`, position }]]) });

  it('moves under the epoch of the leader only, forth, and back where the leader means it', async () => {
    const leader = start();
    await eventually(() => expect(leader.epochs).toHaveLength(1));
    const current = stateOf(leader.epochs[0]!);
    const former = stateOf(current.epoch - 1);
    expect(await current.load()).toEqual({ position: 0, partitions: new Map() });
    expect(await current.save(at(7))).toBe(true);
    expect(await former.save(at(9))).toBe(false);
    expect(await former.save(at(1))).toBe(false);
    expect(await current.load()).toEqual(at(7));
    expect(await current.save(at(2))).toBe(true);
    expect(await former.load()).toEqual(at(2));
  });

  it('tells a time before which nothing more is recorded, and none while a commit is on its way', async () => {
    const { store, epochs } = start();
    await store.append(commitOf('account-1', 0));
    const [first] = await everythingNumbered(store, 1);
    const state = stateOf(epochs[0]!);
    expect(await state.quietUntil(0)).toBeNull();
    const quiet = await state.quietUntil(1);
    expect(quiet! >= first!.recordedAt).toBe(true);
    expect(await stateOf(state.epoch - 1).quietUntil(1)).toBeNull();
    await store.append(commitOf('account-1', 1));
    const commits = await everythingNumbered(store, 2);
    expect(commits[1]!.recordedAt >= quiet!).toBe(true);
  });

  it('lets no later commit be recorded before it, should the clock of the server go back', async () => {
    const { store, epochs } = start();
    await store.append(commitOf('account-1', 0));
    await everythingNumbered(store, 1);
    await leases.updateOne({ _id: 'accounts' }, { $set: { recordedAt: new Date(Date.now() + 3_600_000) } });
    const quiet = await stateOf(epochs[0]!).quietUntil(1);
    await store.append(commitOf('account-1', 1));
    const commits = await everythingNumbered(store, 2);
    expect(commits[1]!.recordedAt >= quiet!).toBe(true);
  });
});
