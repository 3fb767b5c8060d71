import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Clock, Leadership } from '@keyfold/event-sourcing';
import { eventually, within } from '@keyfold/event-sourcing/testing';
import { databaseOf, openConnection } from '../src/connection.js';
import { leasesOf } from '../src/lease-document.js';
import { MongoLeases } from '../src/leases.js';
import { FaultyNetwork } from './faulty-network.js';
import { freshDatabase, mongoUrl, realClock, type TestDatabase, tools } from './support.js';

const TTL_MS = 1_500;

let database: TestDatabase;
let stop: AbortController;
const candidates: Promise<void>[] = [];
const cleanup: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  database = await freshDatabase({ indexes: false });
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await Promise.all(candidates.splice(0));
  for (const undo of cleanup.splice(0).reverse()) await undo();
  await database.drop();
});

interface Candidate {
  readonly epochs: number[];
  leads: boolean;
  readonly stop: AbortController;
}

/** A machine whose clock is wrong by so much. */
const clockOff = (ms: number): Clock => ({ now: () => new Date(realClock.now().getTime() + ms), wait: realClock.wait });

function candidate(from = database, work: (signal: AbortSignal) => Promise<void> = untilAborted, clock: Clock = realClock): Candidate {
  const own: Candidate = { epochs: [], leads: false, stop: new AbortController() };
  stop.signal.addEventListener('abort', () => own.stop.abort());
  const term = async (epoch: number, signal: AbortSignal): Promise<void> => {
    own.epochs.push(epoch);
    own.leads = true;
    await work(signal).finally(() => (own.leads = false));
  };
  candidates.push(new Leadership(new MongoLeases(from.connection, clock), { ...tools, clock, ttlMs: TTL_MS }).lead('accounts', term, own.stop.signal));
  return own;
}

const untilAborted = (signal: AbortSignal): Promise<void> => new Promise((resolve) => signal.addEventListener('abort', () => resolve()));

describe('leadership', () => {
  it('is one of many, and passes on at once when the leader ends', async () => {
    const all = [candidate(), candidate(), candidate()];
    const leader = await eventually(() => {
      const [one, ...others] = all.filter((each) => each.leads);
      expect(one).toBeDefined();
      expect(others).toHaveLength(0);
      return one!;
    });
    leader.stop.abort();
    await eventually(() => expect(all.filter((each) => each.leads && each !== leader)).toHaveLength(1));
    expect(all.flatMap((each) => each.epochs).sort((a, b) => a - b)).toEqual([1, 2]);
  });

  it('is kept for longer than a lease lasts', async () => {
    const leader = candidate();
    const other = candidate();
    const leases = leasesOf(databaseOf(database.connection));
    await eventually(() => expect(leader.leads || other.leads).toBe(true));
    const { expiresAt } = (await leases.findOne({ _id: 'accounts' }))!;
    await eventually(async () => expect((await leases.findOne({ _id: 'accounts' }))!.expiresAt.getTime()).toBeGreaterThan(expiresAt.getTime() + 2 * TTL_MS), { deadlineMs: 10_000 });
    expect([...leader.epochs, ...other.epochs]).toEqual([1]);
  });

  it.each([
    ['an hour ahead', 3_600_000],
    ['an hour behind', -3_600_000],
  ])('does not ask the clock of a machine that is %s', async (_how, off) => {
    const leader = candidate();
    await eventually(() => expect(leader.leads).toBe(true));
    const wrong = candidate(database, untilAborted, clockOff(off));
    const leases = leasesOf(databaseOf(database.connection));
    const { expiresAt } = (await leases.findOne({ _id: 'accounts' }))!;
    await eventually(async () => expect((await leases.findOne({ _id: 'accounts' }))!.expiresAt.getTime()).toBeGreaterThan(expiresAt.getTime() + TTL_MS), { deadlineMs: 10_000 });
    expect([leader.epochs, wrong.epochs]).toEqual([[1], []]);

    leader.stop.abort();
    await eventually(() => expect(wrong.leads).toBe(true), { deadlineMs: 10_000 });
    expect(wrong.epochs).toEqual([2]);
    const behind = candidate();
    await eventually(async () => expect((await leases.findOne({ _id: 'accounts' }))!.expiresAt.getTime()).toBeGreaterThan(expiresAt.getTime() + 3 * TTL_MS), { deadlineMs: 10_000 });
    expect(behind.epochs).toEqual([]);
  });

  it('begins anew when the work fails', async () => {
    let failures = 0;
    const unlucky = candidate(database, async (signal) => {
      if (failures++ < 2) throw new Error('no');
      await untilAborted(signal);
    });
    await eventually(() => expect(unlucky.epochs).toEqual([1, 2, 3]));
  });

  it('is taken from a leader who cannot reach the server, and he learns of it in time', async () => {
    const network = await FaultyNetwork.to(mongoUrl());
    cleanup.push(() => network.close());
    const connection = await openConnection(network.url, database.name);
    cleanup.push(() => connection.close());
    const cutOff = candidate({ ...database, connection });
    await eventually(() => expect(cutOff.leads).toBe(true));

    network.fate = () => 'hang';
    const heir = candidate();
    await eventually(() => expect(heir.leads).toBe(true), { deadlineMs: 10_000 });
    expect(heir.epochs[0]).toBeGreaterThan(cutOff.epochs[0]!);
    await eventually(() => expect(cutOff.leads).toBe(false));

    cutOff.stop.abort();
    network.fate = () => 'pass';
    await within(10_000, candidates[0]!);
  });
});
