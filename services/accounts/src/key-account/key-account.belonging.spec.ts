import { describe, expect, it } from '@jest/globals';
import type { KeyAccountEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { given } from '@keyfold/event-sourcing/testing';
import { Random } from '@keyfold/testing/simulation';
import { type KeyAccount, keyAccount, ownerOn, type RegisteredAccount } from './key-account.aggregate.js';
import { assignOwner, assignRaci, attachToParent, cancelHandover, classify, detachFromParent, handOver, setCurrency, withdrawRaci } from './key-account.belonging.js';
import { attachedTo, clientRegistered, detached, handedOver, handoverCancelled, ownerAssigned } from './key-account.facts.js';

const january = '2026-01-01T00:00:00.000Z';
const march = '2026-03-01T00:00:00.000Z';
const june = '2026-06-01T00:00:00.000Z';
const dateOf = (instant: string): string => instant.slice(0, 10);

describe('a place in a group', () => {
  it('is had from a day on', () => given(keyAccount, clientRegistered).when((account) => attachToParent(account, 'group', march)).then(attachedTo('group', march)));
  it('is changed from a day in the past, and what is known of later days stays', () => {
    given(keyAccount, clientRegistered, attachedTo('group', june)).when((account) => attachToParent(account, 'before', march)).then(attachedTo('before', march));
    given(keyAccount, clientRegistered, attachedTo('group', june), attachedTo('before', march)).when((account) => attachToParent(account, 'group', june)).thenNothing();
    given(keyAccount, clientRegistered, attachedTo('group', june), attachedTo('before', march)).when((account) => detachFromParent(account, 'sold', january)).thenNothing();
  });
  it('is given up from a day on, once', () => {
    given(keyAccount, clientRegistered, attachedTo('group', january)).when((account) => detachFromParent(account, 'sold', march)).then(detached(march));
    given(keyAccount, clientRegistered, attachedTo('group', january), detached(march)).when((account) => detachFromParent(account, 'sold', june)).thenNothing();
    given(keyAccount, clientRegistered, attachedTo('group', january), detached(march)).when((account) => attachToParent(account, 'group', june)).then(attachedTo('group', june));
  });
});

describe('a handover that is to come', () => {
  const owned = [clientRegistered, ownerAssigned('anna'), handedOver('anna', 'bea', june)] as const;
  const facts = { on: '2026-06-01', start: june, reason: 'meant for next year' };
  const cancel = (account: KeyAccount) => cancelHandover(account, facts, march);
  const off = handoverCancelled('anna', 'bea', june, 3);

  it('is cancelled, once', () => {
    given(keyAccount, ...owned).when(cancel).then(off);
    given(keyAccount, ...owned, off).when(cancel).thenNothing();
  });
  it('is cancelled with the other one of its day', () => given(keyAccount, ...owned, handedOver('bea', 'cleo', june)).when(cancel).then(handoverCancelled('anna', 'cleo', june, 3, 4)));
  it('is cancelled again after it was said again', () =>
    given(keyAccount, ...owned, off, handedOver('anna', 'cleo', june)).when(cancel).then(handoverCancelled('anna', 'cleo', june, 5)));
  it('makes room for another day once it is cancelled', () => {
    const day = { start: '2026-09-01T00:00:00.000Z', end: '2026-09-01T23:59:59.999Z', dateOf };
    given(keyAccount, ...owned, off).when((account) => handOver(account, { toOwnerId: 'bea', reason: 'new territory' }, day, march)).then(handedOver('anna', 'bea', day.start));
  });
  it('is undone by another one from its day on', () => given(keyAccount, ...owned).when((account) => cancelHandover(account, facts, june)).thenRefused('handover-begun', { on: '2026-06-01' }));
  it('is named by its day', () => {
    given(keyAccount, ...owned).when((account) => cancelHandover(account, { ...facts, on: '2026-07-01', start: '2026-07-01T00:00:00.000Z' }, march)).thenRefused('handover-unknown', { on: '2026-07-01' });
    given(keyAccount, clientRegistered, ownerAssigned('anna')).when(cancel).thenRefused('handover-unknown');
  });
});

describe('RACI letters', () => {
  const accountable = { deliverable: 'renewal', memberId: 'anna', letter: 'A' } as const;
  const assigned = (assignment: object): KeyAccountEvent => ({ type: 'accounts.key-account.raci-assigned', data: assignment }) as KeyAccountEvent;
  const bob: KeyAccountEvent = { type: 'accounts.key-account.team-member-added', data: { memberId: 'bob', role: 'sales-engineer', access: 'edit' } };
  const team = [clientRegistered, ownerAssigned('anna'), bob] as const;

  it('go to the owner and the team', () => {
    given(keyAccount, ...team).when((account) => assignRaci(account, accountable)).then(assigned(accountable));
    given(keyAccount, ...team).when((account) => assignRaci(account, { ...accountable, memberId: 'bob', letter: 'R' })).then(assigned({ ...accountable, memberId: 'bob', letter: 'R' }));
    given(keyAccount, ...team).when((account) => assignRaci(account, { ...accountable, memberId: 'cleo' })).thenRefused('raci-not-in-team');
  });
  it('are given once', () => given(keyAccount, ...team, assigned(accountable)).when((account) => assignRaci(account, accountable)).thenNothing());
  it('make one person accountable for a deliverable', () => {
    given(keyAccount, ...team, assigned(accountable)).when((account) => assignRaci(account, { ...accountable, memberId: 'bob' })).thenRefused('raci-accountable-taken', { memberId: 'anna' });
    given(keyAccount, ...team, assigned(accountable)).when((account) => assignRaci(account, { ...accountable, deliverable: 'contract' })).then(assigned({ ...accountable, deliverable: 'contract' }));
  });
  it('are taken back, once', () => {
    const withdrawn: KeyAccountEvent = { type: 'accounts.key-account.raci-withdrawn', data: accountable };
    given(keyAccount, ...team, assigned(accountable)).when((account) => withdrawRaci(account, accountable)).then(withdrawn);
    given(keyAccount, ...team, assigned(accountable), withdrawn).when((account) => withdrawRaci(account, accountable)).thenNothing();
  });
  it('leave with who leaves the team', () => {
    const left: KeyAccountEvent = { type: 'accounts.key-account.team-member-removed', data: { memberId: 'bob', reason: null } };
    given(keyAccount, ...team, assigned({ ...accountable, memberId: 'bob' }), left).when((account) => assignRaci(account, accountable)).then(assigned(accountable));
  });
});

describe('currency and sector', () => {
  const sector = { sector: 'energy', subsector: 'grid-operators' };

  it('are set, once', () => {
    const set: KeyAccountEvent = { type: 'accounts.key-account.currency-set', data: { currency: 'EUR' } };
    given(keyAccount, clientRegistered).when((account) => setCurrency(account, 'EUR')).then(set);
    given(keyAccount, clientRegistered, set).when((account) => setCurrency(account, 'EUR')).thenNothing();
  });
  it('are classified, once', () => {
    const classified: KeyAccountEvent = { type: 'accounts.key-account.classified', data: sector };
    given(keyAccount, clientRegistered).when((account) => classify(account, sector)).then(classified);
    given(keyAccount, clientRegistered, classified).when((account) => classify(account, sector)).thenNothing();
    given(keyAccount, clientRegistered, classified).when((account) => classify(account, { sector: 'energy', subsector: null })).then({ ...classified, data: { sector: 'energy', subsector: null } } as KeyAccountEvent);
  });
});

describe('random handovers', () => {
  const DAY = 86_400_000;
  const start = Date.parse('2026-01-01T00:00:00.000Z');
  const dayAt = (index: number) => ({ start: new Date(start + index * DAY).toISOString(), end: new Date(start + (index + 1) * DAY - 1).toISOString(), dateOf });

  it.each(Array.from({ length: 50 }, (_, seed) => [seed]))('leave no instant without an owner and none with two (seed %i)', (seed) => {
    const random = new Random(seed);
    let account: KeyAccount = keyAccount.initial;
    let version = 0;
    const take = (events: readonly KeyAccountEvent[], now: string): void => {
      for (const event of events) account = keyAccount.evolve(account, { occurredAt: now, supersedes: [], ...event, version: ++version } as never);
    };
    const since = dayAt(0).start;
    take([clientRegistered], since);
    take(assignOwner(account, 'm0'), since);
    /** Who owns each day, kept the plain way: a handover repaints all days from its own on. */
    const model = Array.from({ length: 120 }, () => 'm0');
    for (let step = 0; step < 30; step++) {
      const now = random.int(60);
      const effective = random.int(90);
      const toOwnerId = `m${random.int(5)}`;
      try {
        if (random.chance(0.3)) {
          const [cancelled] = cancelHandover(account, { on: 'x', start: dayAt(effective).start, reason: 'x' }, dayAt(now).start);
          if (cancelled) model.fill(model[effective - 1]!, effective);
          take(cancelled ? [cancelled] : [], dayAt(now).start);
          continue;
        }
        const events = handOver(account, { toOwnerId, reason: 'x' }, dayAt(effective), dayAt(now).start);
        take(events, dayAt(now).start);
        if (events.length > 0) model.fill(toOwnerId, effective);
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError);
      }
    }
    const registered = account as unknown as RegisteredAccount;
    expect(model.map((_, index) => ownerOn(registered, dayAt(index).end))).toEqual(model);
    expect(registered.owners.map(({ from }) => from)).toEqual(registered.owners.map(({ from }) => from).toSorted());
    expect(registered.owners.slice(1).every(({ ownerId }, i) => ownerId !== registered.owners[i]!.ownerId)).toBe(true);
  });
});
