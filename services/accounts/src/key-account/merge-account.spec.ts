import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@keyfold/event-sourcing';
import { AccountsService, DEADLINE_MS, oneByOne } from '../../test/service.js';
import { HIERARCHY, holdingOf, reservation } from '../reservation/reservation.aggregate.js';
import { RefuseClosure } from './decide-closure.js';
import { MakeDormant } from './dormancy.js';
import { keyAccount, type RegisteredAccount } from './key-account.aggregate.js';
import { MergeAccount } from './merge-account.js';
import { RegisterClient } from './register-client.js';
import { RequestClosure } from './request-closure.js';

let service: AccountsService;
/** What comes before the next append to a stream, once. */
let meanwhile: { readonly streamId: string; readonly work: () => unknown } | null;

const interrupted = (store: EventStore): EventStore =>
  oneByOne(store, async ({ streamId }) => {
    if (streamId !== meanwhile?.streamId) return;
    const { work } = meanwhile;
    meanwhile = null;
    await work();
  });
const cutOff = (): never => {
  throw new Error('cut off');
};

const merge = (effectiveOn: string, key?: string, successorId = 'winner'): Promise<string> =>
  service.run(MergeAccount, 'loser', { successorId, reason: 'twice', effectiveOn }, key ? { key } : {}).then(() => 'done', (error: { code?: string }) => error.code ?? String(error));
const account = async (id: string): Promise<RegisteredAccount> => (await service.commands.load(keyAccount, id)).state as RegisteredAccount;
const claimOf = async (id: string) => holdingOf((await service.commands.load(reservation, HIERARCHY)).state, id).merge;

beforeEach(async () => {
  meanwhile = null;
  service = await AccountsService.start(interrupted);
  for (const id of ['winner', 'loser']) await service.run(RegisterClient, id, { name: id, activeSince: '2020-01-01' });
});
afterEach(() => service.stop());

describe('an account that is merged', () => {
  it('by two clients from different days at once is merged from the one day that its hierarchy is told', async () => {
    expect(await Promise.all([merge('2026-02-20'), merge('2026-01-10')])).toEqual(['done', 'done']);
    const { mergedFrom } = await account('loser');
    expect(['2026-01-09T23:00:00.000Z', '2026-02-19T23:00:00.000Z']).toContain(mergedFrom);
    expect(await claimOf('loser')).toEqual({ successorId: 'winner', from: mergedFrom, told: true, claims: [] });
  });

  it('claims nothing where its successor closes at that moment, and is claimed by the command that comes back', async () => {
    await service.run(MakeDormant, 'winner', { reason: 'silent' });
    const other = await service.another();
    meanwhile = { streamId: `reservation-${HIERARCHY}`, work: () => other.run(RequestClosure, 'winner', { reason: 'gone' }).then(cutOff) };
    expect(await merge('2026-02-20', 'again')).toMatch('cut off');
    expect(await merge('2026-02-20', 'again')).toBe('merge-successor-closed');
    expect(await claimOf('loser')).toBeNull();
    await service.run(RefuseClosure, 'winner', { closureId: (await account('winner')).closureId!, blockers: [] });
    service.pass(1_000);
    expect(await merge('2026-02-20', 'again')).toBe('done');
    expect(await claimOf('loser')).toMatchObject({ told: true });
  });

  it('into another account is not held up for longer than a merge that was cut off could have taken', async () => {
    await service.run(RegisterClient, 'third', { name: 'third', activeSince: '2020-01-01' });
    meanwhile = { streamId: 'account-winner', work: cutOff };
    expect(await merge('2026-02-20', 'cut-off')).toMatch('cut off');
    expect(await merge('2026-02-20', 'next', 'third')).toBe('hierarchy-merge-begun');
    service.pass(DEADLINE_MS * 10);
    expect(await merge('2026-02-20', 'next', 'third')).toBe('done');
    expect(await claimOf('loser')).toMatchObject({ successorId: 'third', told: true });
    expect(await merge('2026-02-20', 'cut-off')).not.toBe('done');
  });
});
