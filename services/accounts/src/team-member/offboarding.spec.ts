import { afterEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '@keyfold/event-sourcing';
import { AccountsService, DEADLINE_MS, oneByOne } from '../../test/service.js';
import { AssignOwner } from '../key-account/assign-owner.js';
import { keyAccount, ownerOf } from '../key-account/key-account.aggregate.js';
import { CancelHandover, HandOver } from '../key-account/hand-over.js';
import { RegisterClient } from '../key-account/register-client.js';
import { OffboardMember } from './offboard-member.js';
import { OnboardMember } from './onboard-member.js';
import { teamMember } from './team-member.aggregate.js';

let service: AccountsService;
afterEach(() => service.stop());

const outcome = (work: Promise<unknown>): Promise<string> => work.then(() => 'done', (error: { code?: string }) => error.code ?? String(error));
const leave = (process = service) => outcome(process.run(OffboardMember, 'lea', { lastDay: '2026-06-30', cause: 'resigned', reason: 'another company' }));
const handOver = (id: string, toOwnerId: string, effectiveOn: string) => outcome(service.run(HandOver, id, { toOwnerId, effectiveOn, reason: 'new territory' }));
const NEXT = '2026-07-01';
/** `former`: whose it is before; it is on its way to `next`. */
const GIVING: Readonly<Record<string, { readonly former: string | null; readonly next?: string; give(): Promise<string> }>> = {
  'assign-owner': { former: null, give: () => outcome(service.run(AssignOwner, 'acme', { ownerId: 'lea' })) },
  'hand-over': { former: 'kim', give: () => handOver('acme', 'lea', NEXT) },
  'cancel-handover': { former: 'lea', next: 'kim', give: () => outcome(service.run(CancelHandover, 'acme', { effectiveOn: NEXT, reason: 'a mistake' })) },
};

const left = async () => (await service.commands.load(teamMember, 'lea')).state.status === 'offboarded';
const owns = async () => ownerOf((await service.commands.load(keyAccount, 'acme')).state) === 'lea';

/** Lets the first caller, once armed, wait for `release`; `reached` tells when it is there. */
function gate() {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let armed = false;
  return {
    async pass(): Promise<void> {
      if (!armed) return;
      armed = false;
      reached.resolve();
      await released.promise;
    },
    arm: () => (armed = true),
    reached: reached.promise,
    release: () => released.resolve(),
  };
}

async function given(former: string | null, next?: string): Promise<void> {
  for (const id of ['lea', 'kim']) await service.run(OnboardMember, id, { name: id, role: 'kam' });
  await service.run(RegisterClient, 'acme', { name: 'Acme', activeSince: '2020-01-01' });
  if (former) await service.run(AssignOwner, 'acme', { ownerId: former });
  if (next) await handOver('acme', next, NEXT);
  service.pass(60_000);
}

describe.each(Object.entries(GIVING))('a member who leaves while %s gives an account to him', (_name, { former, next, give }) => {
  it('stays when the account was on its way to him first', async () => {
    const held = gate();
    service = await AccountsService.start((store) => oneByOne(store, ({ streamId }) => streamId === 'account-acme' && held.pass()));
    await given(former, next);
    const other = await service.another();
    held.arm();
    const giving = give();
    await held.reached;
    expect(await leave(other)).toBe('portfolio-changing');
    held.release();
    expect([await giving, await owns(), await left()]).toEqual(['done', true, false]);
    service.pass(60_000);
    expect(await leave()).toBe('portfolio-not-handed-over');
  });

  it('stays when the account came to him while he was looked at', async () => {
    const held = gate();
    const looking = (store: EventStore): EventStore => {
      const [load, head] = [store.load.bind(store), store.head.bind(store)];
      const passed = <T>(streamId: string, look: () => Promise<T>): Promise<T> => (streamId === 'account-former' ? held.pass().then(look) : look());
      return Object.assign(Object.create(store) as EventStore, {
        load: (streamId: string, after?: number) => passed(streamId, () => load(streamId, after)),
        head: (streamId: string) => passed(streamId, () => head(streamId)),
      });
    };
    service = await AccountsService.start(looking);
    await given(former, next);
    // What was his once is looked at when he leaves.
    await service.run(RegisterClient, 'former', { name: 'Former', activeSince: '2020-01-01' });
    await service.run(AssignOwner, 'former', { ownerId: 'lea' });
    await handOver('former', 'kim', '2026-03-03');
    service.pass(60_000);
    held.arm();
    const leaving = leave();
    await held.reached;
    expect(await give()).toBe('done');
    held.release();
    expect([await leaving, await owns(), await left()]).toEqual([expect.stringMatching(/^portfolio-(changing|not-handed-over)$/), true, false]);
  });

  it('has left when he was first', async () => {
    service = await AccountsService.start();
    await given(former, next);
    expect([await leave(), await give(), await owns(), await left()]).toEqual(['done', 'member-offboarded', false, true]);
  });
});

describe('an account that was to become the member’s', () => {
  it('and did not, because its command failed, holds nobody up for longer than the command could have taken', async () => {
    let fails = false;
    const lose = (): never => {
      throw new RangeError('lost');
    };
    service = await AccountsService.start((store) => oneByOne(store, ({ streamId }) => fails && streamId === 'account-acme' && lose()));
    await given(null);
    fails = true;
    expect(await GIVING['assign-owner']!.give()).not.toBe('done');
    expect(await leave()).toBe('portfolio-changing');
    service.pass(DEADLINE_MS);
    expect(await leave()).toBe('portfolio-changing');
    service.pass(60_000);
    expect([await leave(), await owns()]).toEqual(['done', false]);
  });
});
