import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { incomingOfCommit, noAuditLog, noMetrics, partitionOf, type Projection, projection, ReadModel, Rebuilder, type SequencedCommit } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import { MongoProjectionStore } from '../src/projection-store.js';
import type { MongoEventStore } from '../src/event-store.js';
import { GROUPS, ownFeeds, registry, type Renames, renames } from './renames.js';
import { commitOf, freshDatabase, realClock, sequencedStore, silent, type TestDatabase, tools } from './support.js';

const PACKAGE = resolve(import.meta.dirname, '..');
const REGISTER = resolve(PACKAGE, '../../../tools/ts-register.mjs');
const STREAMS = 200;
const forEver = new AbortController().signal;

let database: TestDatabase;
let log: { store: MongoEventStore; close(): Promise<void> };
let projections: MongoProjectionStore;
const children: ChildProcess[] = [];
const cleanup: (() => Promise<void>)[] = [];
beforeEach(async () => {
  database = await freshDatabase();
  log = sequencedStore(database.connection);
  projections = new MongoProjectionStore(database.connection, { clock: realClock, claimMs: 1_000 });
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const undo of cleanup.splice(0)) await undo().catch(() => undefined);
  await log.close();
  await database.drop();
});

const rebuilderOf = <Row extends object>(of: Projection<Row>) =>
  new Rebuilder(of, projections, { ...tools, registry, feeds: ownFeeds(log.store, 1_000), metrics: noMetrics, audit: noAuditLog });

/** One commit more for each of the streams. */
async function round(versions: Map<string, number>, streams = STREAMS): Promise<void> {
  await Promise.all(
    Array.from({ length: streams }, async (_, i) => {
      const streamId = `account-${i}`;
      await log.store.append(commitOf(streamId, versions.get(streamId) ?? 0));
      versions.set(streamId, (versions.get(streamId) ?? 0) + 1);
    }),
  );
}

/** The end of the log, once all of it is numbered. */
const numbered = (): Promise<number> =>
  eventually(
    async () => {
      expect(await database.connection.db!.collection('commits').countDocuments({ sequenced: false })).toBe(0);
      return log.store.lastPosition();
    },
    { deadlineMs: 60_000 },
  );

/** Hands the log to a read model as the topic would, partition by partition. */
class Live {
  private position = 0;
  constructor(private readonly model: ReadModel) {}

  async deliver(): Promise<void> {
    const commits = await log.store.feed(this.position, 1_000);
    const partitions = Map.groupBy(commits, (commit: SequencedCommit) => partitionOf(commit.partitionKey));
    await Promise.all([...partitions].map(([n, own]) => this.model.apply(`accounts.events.v1/${n}`, own.flatMap((commit) => incomingOfCommit('accounts', commit, registry)))));
    this.position = commits.at(-1)?.position ?? this.position;
  }

  async toTheEnd(): Promise<void> {
    const end = await numbered();
    while (this.position < end) await this.deliver();
  }
}

/** A builder in a process of its own, which stands still after so many writes (0: never), and what it says. */
function builder(writes: number): { child: ChildProcess; lines: string[] } {
  const child = spawn(process.execPath, ['--no-warnings', '--import', REGISTER, `${PACKAGE}/test/rebuild-until-killed.ts`, database.name, String(writes)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines: string[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop()!;
    lines.push(...parts);
  });
  return { child, lines };
}

const served = async (): Promise<Renames[]> => [...(await projections.view(renames).all())].sort((a, b) => (a.id < b.id ? -1 : 1));

/** The rows by another way than the fold: the heads of the streams. */
function expectedRows(versions: ReadonlyMap<string, number>): Renames[] {
  const groups = Map.groupBy(versions, ([streamId]) => `group-${Number(streamId.slice('account-'.length)) % GROUPS}`);
  return [...groups].map(([id, streams]) => ({ id, count: streams.reduce((sum, [, version]) => sum + version, 0), versions: Object.fromEntries(streams) })).sort((a, b) => (a.id < b.id ? -1 : 1));
}

describe('a rebuild during live traffic (F26)', () => {
  it('goes on where a killed process has left it, twice, and equals a fold of the log', async () => {
    const versions = new Map<string, number>();
    await projections.prepare(renames);
    for (let i = 0; i < 12; i++) await round(versions);
    const live = new Live(new ReadModel(renames, projections, { ...tools, registry, feeds: ownFeeds(log.store, 1_000) }));
    await rebuilderOf(renames).work(forEver);
    await live.toTheEnd();

    let over = false;
    const traffic = (async () => {
      while (!over) {
        await round(versions, 20);
        await live.deliver();
        await realClock.wait(20);
      }
    })();
    cleanup.push(async () => {
      over = true;
      await traffic;
    });
    expect(await numbered()).toBeGreaterThan(20 * 100);
    await rebuilderOf(renames).start('olga');
    const begins: number[] = [];
    for (const writes of [3, 4]) {
      const { child, lines } = builder(writes);
      await eventually(async () => expect(lines.filter((line) => line === 'written')).toHaveLength(writes), { deadlineMs: 90_000 });
      child.kill('SIGKILL');
      await once(child, 'close');
      begins.push(Number(lines[0]!.slice('from '.length)));
    }
    expect((await projections.generations.status(renames)).rebuild?.state).toMatch(/building|catching-up/);
    const last = builder(0);
    await eventually(async () => expect(last.lines).toContain('switched'), { deadlineMs: 90_000 });
    begins.push(Number(last.lines[0]!.slice('from '.length)));
    over = true;
    await traffic;
    await live.toTheEnd();

    expect([...new Set(begins)].sort((a, b) => a - b)).toEqual(begins); // each began behind the one before
    expect(begins[0]).toBe(0);
    const status = await projections.generations.status(renames);
    expect(status).toMatchObject({ serving: 1, previous: 0, rebuild: { state: 'switched', comparison: { sampled: GROUPS, different: 0 } } });
    expect(await served()).toEqual(expectedRows(versions));
    const marks = await projections.marks(renames, [...versions.keys()]);
    expect(Object.fromEntries([...marks].map(([streamId, { applied }]) => [streamId, applied]))).toEqual(Object.fromEntries(versions));

    await round(versions, 30);
    await rebuilderOf(renames).rollBack('olga', forEver);
    expect((await projections.generations.status(renames)).serving).toBe(0);
    await live.toTheEnd();
    expect(await served()).toEqual(expectedRows(versions));
  }, 300_000);
});

describe('a rebuild of rows that MongoDB refuses', () => {
  it('parks the event that they came of, as live batches do', async () => {
    const versions = new Map<string, number>();
    for (let i = 0; i < 3; i++) await round(versions, 10);
    await numbered();
    const breaking = projection<{ id: string }>({
      ...renames,
      name: 'breaking',
      rowsOf: (event) => [event.streamId],
      fold: (row, event, id) => ({ ...row, id, ...(event.streamId === 'account-3' && event.version === 2 && { 'a\0b': 1 }) }),
    });
    await projections.prepare(breaking);
    await rebuilderOf(breaking).work(forEver);
    const parked = async () => (await projections.deadLetters(breaking, { limit: 10 })).map(({ streamId, version }) => `${streamId}@${version}`);
    expect([await parked(), await projections.view(breaking).count()]).toEqual([['account-3@2', 'account-3@3'], 10]);

    const alike = { ...breaking, name: 'breaking-live' };
    await projections.prepare(alike);
    await projections.setBuilt(alike);
    await new Live(new ReadModel(alike, projections, { ...tools, log: silent, registry, feeds: ownFeeds(log.store, 1_000) })).toTheEnd();
    expect((await projections.deadLetters(alike, { limit: 10 })).map(({ streamId, version }) => `${streamId}@${version}`)).toEqual(['account-3@2', 'account-3@3']);
    expect(await projections.view(alike).count()).toBe(10);
  }, 60_000);
});
