import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore, NewCommit } from '@keyfold/event-sourcing';
import { AccountsService } from '../../test/service.js';
import { HIERARCHY, holdingOf, reservation } from '../reservation/reservation.aggregate.js';
import { RefuseClosure } from './decide-closure.js';
import { MakeDormant } from './dormancy.js';
import { keyAccount, type RegisteredAccount } from './key-account.aggregate.js';
import { MergeAccount } from './merge-account.js';
import { RegisterClient } from './register-client.js';
import { RequestClosure } from './request-closure.js';

let service: AccountsService;
/** What comes between a merge and its claim, once. */
let meanwhile: (() => Promise<unknown>) | null;

const interrupted = (store: EventStore): EventStore =>
  new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...given: unknown[]): Promise<unknown> => {
        const before = name === 'append' && (given[0] as NewCommit).streamId.endsWith(HIERARCHY) ? meanwhile : null;
        if (before) meanwhile = null;
        await before?.();
        return Reflect.apply(member, target, given);
      };
    },
  });

const merge = (effectiveOn: string, key?: string): Promise<string> =>
  service.run(MergeAccount, 'loser', { successorId: 'winner', reason: 'twice', effectiveOn }, key ? { key } : {}).then(() => 'done', (error: { code?: string }) => error.code ?? String(error));
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

  it('is claimed anew by a command that was refused and comes back', async () => {
    await service.run(MakeDormant, 'winner', { reason: 'silent' });
    meanwhile = () => service.run(RequestClosure, 'winner', { reason: 'gone' });
    expect(await merge('2026-02-20', 'again')).toBe('merge-successor-closed');
    expect(await claimOf('loser')).toBeNull();
    await service.run(RefuseClosure, 'winner', { closureId: (await account('winner')).closureId!, blockers: [] });
    service.pass(1_000);
    expect(await merge('2026-02-20', 'again')).toBe('done');
    expect(await claimOf('loser')).toMatchObject({ told: true });
  });
});
