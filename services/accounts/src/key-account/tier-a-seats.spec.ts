import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, type Tier } from '@keyfold/contracts';
import type { EventStore } from '@keyfold/event-sourcing';
import { AccountsService, DEADLINE_MS, oneByOne } from '../../test/service.js';
import { OnboardMember } from '../team-member/onboard-member.js';
import { AssignOwner } from './assign-owner.js';
import { GrantClosure } from './decide-closure.js';
import { MakeDormant } from './dormancy.js';
import { CancelHandover, HandOver } from './hand-over.js';
import { QualifyAsKeyAccount } from './qualify-as-key-account.js';
import { RegisterClient } from './register-client.js';
import { RequestClosure } from './request-closure.js';
import { ScoreAccount } from './request-tier.js';
import { keyAccount, ownerOn, type RegisteredAccount } from './key-account.aggregate.js';

let service: AccountsService;
/** The stream to which the next append fails, as that of a process that ends. */
let cutOff: string | null;
/** What comes before the next append to a stream. */
let meanwhile: { readonly streamId: string; readonly work: () => Promise<unknown> } | null;

const held = (store: EventStore): EventStore =>
  oneByOne(store, async ({ streamId }) => {
    if (streamId === meanwhile?.streamId) {
      const { work } = meanwhile;
      meanwhile = null;
      await work();
    }
    if (streamId !== cutOff) return;
    cutOff = null;
    throw new Error('cut off');
  });

const DAY_MS = 86_400_000;
const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: { code?: string }) => error.code ?? String(error));
const tier = (id: string, wanted: Tier = 'A', process = service) => outcome(process.run(QualifyAsKeyAccount, id, { tier: wanted, reason: 'large' }));
const handOver = (id: string, toOwnerId: string, effectiveOn: string, process = service) => outcome(process.run(HandOver, id, { toOwnerId, effectiveOn, reason: 'new territory' }));

async function client(id: string, ownerId: string): Promise<string> {
  await service.run(RegisterClient, id, { name: id, activeSince: '2020-01-01' });
  await service.run(AssignOwner, id, { ownerId });
  await service.run(ScoreAccount, id, { points: DEFAULT_POLICIES.selection.criteria.map(({ code }) => ({ criterion: code, points: 9 })) });
  return id;
}

/** Accounts of tier A that are a member's at the moment of the service's clock. */
async function heldBy(memberId: string, now: string, ids: readonly string[]): Promise<number> {
  const accounts = await Promise.all(ids.map(async (id) => (await service.commands.load(keyAccount, id)).state as RegisteredAccount));
  return accounts.filter((account) => account.tier === 'A' && account.status !== 'closed' && ownerOn(account, now) === memberId).length;
}

const SIX = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6'];

beforeEach(async () => {
  cutOff = null;
  meanwhile = null;
  service = await AccountsService.start(held);
  for (const id of ['anna', 'bea']) await service.run(OnboardMember, id, { name: id, role: 'kam' });
  for (const id of SIX) await client(id, 'anna');
  for (const id of SIX.slice(0, 5)) expect(await tier(id)).toBe('done');
  expect(await tier('a6')).toBe('tier-a-limit');
});
afterEach(() => service.stop());

describe('the seat of a tier-A account', () => {
  it('stays taken until the day on which the account changes hands', async () => {
    expect(await handOver('a1', 'bea', '2026-06-01')).toBe('done');
    expect(await tier('a6')).toBe('tier-a-limit');
    expect(await heldBy('anna', '2026-03-02T10:00:00.000Z', SIX)).toBe(5);
    service.pass(120 * DAY_MS);
    expect(await tier('a6')).toBe('done');
    expect(await heldBy('anna', '2026-06-30T10:00:00.000Z', SIX)).toBe(5);
  });

  it('is kept for an account that may be on its way back', async () => {
    expect(await handOver('a1', 'bea', '2026-06-01')).toBe('done');
    service.pass(120 * DAY_MS);
    expect(await handOver('a1', 'anna', '2026-07-01')).toBe('done');
    service.pass(DEADLINE_MS * 10);
    expect(await tier('a6')).toBe('tier-a-limit');
  });

  it('is claimed anew by a command that was cut off and comes back after it was given up', async () => {
    const back = () => outcome(service.run(HandOver, 'b1', { toOwnerId: 'anna', effectiveOn: '2026-03-03', reason: 'back' }, { key: 'cut-off' }));
    await client('b1', 'bea');
    expect(await tier('b1')).toBe('done');
    expect(await tier('a5', 'B')).toBe('done');
    cutOff = 'account-b1';
    expect(await back()).toMatch('cut off');
    service.pass(DEADLINE_MS * 10);
    expect(await tier('a6')).toBe('done');
    expect(await back()).toBe('tier-a-limit');
  });

  it('is free with who was to have the account once its handover is cancelled', async () => {
    const toBea = ['b1', 'b2', 'b3', 'b4'];
    for (const id of toBea) expect(await tier(await client(id, 'bea'))).toBe('done');
    await client('b5', 'bea');
    expect(await handOver('a1', 'bea', '2026-06-01')).toBe('done');
    expect(await tier('b5')).toBe('tier-a-limit');
    expect(await outcome(service.run(CancelHandover, 'a1', { effectiveOn: '2026-06-01', reason: 'a mistake' }))).toBe('done');
    expect(await tier('b5')).toBe('done');
    expect(await tier('a6')).toBe('tier-a-limit');
  });

  it('is claimed of the owner whom the account has by then, where it changes hands while it gets its tier', async () => {
    for (const id of ['b1', 'b2', 'b3', 'b4', 'b5']) expect(await tier(await client(id, 'bea'))).toBe('done');
    expect(await tier('a5', 'B')).toBe('done');
    const other = await service.another();
    meanwhile = { streamId: 'reservation-tier-a-anna', work: () => handOver('a6', 'bea', '2026-03-02', other) };
    expect(await tier('a6')).toBe('tier-a-limit');
  });

  it('is claimed where the account gets its tier while it changes hands', async () => {
    for (const id of ['b1', 'b2', 'b3', 'b4', 'b5']) expect(await tier(await client(id, 'bea'))).toBe('done');
    expect(await tier('a5', 'B')).toBe('done');
    const other = await service.another();
    meanwhile = { streamId: 'member-bea', work: () => tier('a6', 'A', other) };
    expect(await handOver('a6', 'bea', '2026-03-02')).toBe('tier-a-limit');
  });

  it('is free once the account is closed', async () => {
    await service.run(MakeDormant, 'a1', { reason: 'silent' });
    await service.run(RequestClosure, 'a1', { reason: 'gone' });
    const { closureId } = (await service.commands.load(keyAccount, 'a1')).state as RegisteredAccount;
    await service.run(GrantClosure, 'a1', { closureId: closureId! });
    expect(await tier('a6')).toBe('done');
  });

  it('is claimed of whoever has the account today and of whoever will have it', async () => {
    expect(await handOver('a6', 'bea', '2026-06-01')).toBe('done');
    expect(await tier('a6')).toBe('tier-a-limit');
    expect(await tier('a6', 'B')).toBe('done');
  });
});

it('no account belongs to who manages none', async () => {
  await service.run(OnboardMember, 'fin', { name: 'fin', role: 'finance' });
  await service.run(RegisterClient, 'free', { name: 'free', activeSince: '2020-01-01' });
  expect(await outcome(service.run(AssignOwner, 'free', { ownerId: 'fin' }))).toBe('owner-not-account-manager');
  expect(await handOver('a1', 'fin', '2026-06-01')).toBe('owner-not-account-manager');
});

it('nobody is a client from a day to come', async () => {
  expect(await outcome(service.run(RegisterClient, 'later', { name: 'later', activeSince: '2026-03-03' }))).toBe('account-day-to-come');
  expect(await outcome(service.run(RegisterClient, 'later', { name: 'later', activeSince: '2026-03-02' }))).toBe('done');
});
