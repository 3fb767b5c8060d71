import { describe, expect, it } from '@jest/globals';
import type { KeyAccountEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { keyAccount } from './key-account.aggregate.js';
import { absorbed, activated, clientRegistered, closed, closureRequested, dormant, engaged, merged, nominated, ownerAssigned, profile, prospectRegistered, scored, withdrawn } from './key-account.facts.js';
import { absorb, activate, assertMergeable, engage, makeDormant, merge, nominate, reactivate, registerClient, withdraw } from './key-account.life.js';

const day = '2026-02-01T00:00:00.000Z';

describe('a prospect', () => {
  it('is nominated as a target', () => given(keyAccount, prospectRegistered).when((account) => nominate(account, 'tender in spring')).then(nominated));
  it('is nominated once', () => given(keyAccount, prospectRegistered, nominated).when((account) => nominate(account, 'again')).thenNothing());
  it('that is a client cannot be nominated', () => given(keyAccount, clientRegistered).when((account) => nominate(account, 'x')).thenRefused('account-not-prospect'));
  it('is engaged as a target', () => given(keyAccount, prospectRegistered, nominated).when((account) => engage(account, { note: null }, day)).then(engaged));
  it('is engaged once', () => given(keyAccount, prospectRegistered, nominated, engaged).when((account) => engage(account, { note: 'again' }, day)).thenNothing());
  it('that is no target cannot be engaged', () => given(keyAccount, prospectRegistered).when((account) => engage(account, { note: null }, day)).thenRefused('account-not-targeted'));
  it('that is a client cannot be engaged', () => given(keyAccount, clientRegistered).when((account) => engage(account, { note: null }, day)).thenRefused('account-not-prospect'));
  it('is no client because somebody registers one', () => {
    const client = { name: 'Acme', profile, provenance: null };
    given(keyAccount, prospectRegistered).when((account) => registerClient(account, client, day)).thenRefused('account-exists');
    given(keyAccount, prospectRegistered, nominated).when((account) => registerClient(account, client, day)).thenRefused('account-exists');
  });
});

describe('an account', () => {
  const target = [prospectRegistered, ownerAssigned('anna'), nominated] as const;

  it('becomes a client with its first contract', () => given(keyAccount, ...target).when((account) => activate(account, 'contract', day)).then(activated('contract', day)));
  it('becomes a client once', () => given(keyAccount, ...target, activated('contract', day)).when((account) => activate(account, 'another', day)).thenNothing());
  it('is no client before it has an owner', () => {
    given(keyAccount, prospectRegistered).when((account) => activate(account, 'contract', day)).thenRefused('owner-missing');
    given(keyAccount, ...target).when((account) => activate(account, 'contract', '2025-06-01T00:00:00.000Z')).then(activated('contract', '2026-01-01T00:00:00.000Z'));
  });
  it('wakes with its next contract', () =>
    given(keyAccount, clientRegistered, ownerAssigned('anna'), dormant).when((account) => activate(account, 'renewed', day)).then(activated('renewed', day)));
  it('that is closed stays closed', () => given(keyAccount, clientRegistered, closureRequested, closed).when((account) => activate(account, 'contract', day)).thenRefused('account-closed'));
});

describe('a client without revenue', () => {
  const facts = { reason: 'no orders', lastRevenueOn: null };
  const terms = { today: '2026-02-01', months: 12, earliest: '2026-02-01', byDirector: false };

  it('is made dormant on the day that the policy allows', () => given(keyAccount, clientRegistered).when((account) => makeDormant(account, facts, terms)).then(dormant));
  it('is not made dormant a day before', () =>
    given(keyAccount, clientRegistered).when((account) => makeDormant(account, facts, { ...terms, today: '2026-01-31' })).thenRefused('account-revenue-recent', { months: 12, earliest: '2026-02-01' }));
  it('is made dormant on any day by a director', () => given(keyAccount, clientRegistered).when((account) => makeDormant(account, facts, { ...terms, today: '2026-01-31', byDirector: true })).then(dormant));
  it('had its last on no day to come, whoever says so', () =>
    given(keyAccount, clientRegistered).when((account) => makeDormant(account, { ...facts, lastRevenueOn: '2026-02-02' }, { ...terms, byDirector: true })).thenRefused('account-day-to-come', { today: '2026-02-01' }));
  it('is made dormant once', () => given(keyAccount, clientRegistered, dormant).when((account) => makeDormant(account, facts, terms)).thenNothing());
  it('that never was one cannot be dormant', () => given(keyAccount, prospectRegistered).when((account) => makeDormant(account, facts, terms)).thenRefused('account-not-active'));
  it('is reactivated, once', () => {
    const back = { type: 'accounts.key-account.reactivated', data: { reason: 'ordered' } } as const;
    given(keyAccount, clientRegistered, dormant).when((account) => reactivate(account, 'ordered')).then(back);
    given(keyAccount, clientRegistered, dormant, back).when((account) => reactivate(account, 'ordered')).thenNothing();
  });
  it('that is a prospect is not reactivated', () => given(keyAccount, prospectRegistered).when((account) => reactivate(account, 'x')).thenRefused('account-not-dormant'));
  it('is dormant again when its closure is refused', () =>
    given(keyAccount, clientRegistered, dormant, closureRequested, { type: 'accounts.key-account.closure-refused', data: { closureId: 'c1', blockers: [] } })
      .when((account) => reactivate(account, 'ordered'))
      .then({ type: 'accounts.key-account.reactivated', data: { reason: 'ordered' } }));
});

describe('an imported account', () => {
  it.each([['was scored', scored(40)], ['took another one in', absorbed], ['has a team', { type: 'accounts.key-account.team-member-added', data: { memberId: 'bob', role: 'other', access: 'read' } }]] as const)('that %s is not taken back', (_what, event) => {
    given(keyAccount, clientRegistered).when((account) => withdraw(account, 'undo')).then({ ...withdrawn, supersedes: [1] } as KeyAccountEvent);
    given(keyAccount, clientRegistered, event).when((account) => withdraw(account, 'undo')).thenRefused('withdraw-built-upon');
  });
});

describe('a merge', () => {
  const facts = { successorId: 'successor', reason: 'twice' };
  const twin = { accountId: 'twin', reason: 'twice' };
  const fold = (...events: Parameters<typeof keyAccount.evolve>[1][]) => events.reduce(keyAccount.evolve, keyAccount.initial);
  const at = (event: object, version: number) => ({ occurredAt: day, supersedes: [], ...event, version }) as unknown as Parameters<typeof keyAccount.evolve>[1];

  it('ends the account in its successor', () => given(keyAccount, clientRegistered).when((account) => merge(account, facts, day)).then(merged));
  it('ends it once', () => given(keyAccount, clientRegistered, merged).when((account) => merge(account, facts, day)).thenNothing());
  it('ends it in one successor', () => given(keyAccount, clientRegistered, merged).when((account) => merge(account, { ...facts, successorId: 'other' }, day)).thenRefused('account-merged', { successorId: 'successor' }));
  it('is for ever', () => given(keyAccount, clientRegistered, merged).when((account) => registerClient(account, { name: 'Acme', profile, provenance: null }, day)).thenRefused('account-merged', { successorId: 'successor' }));
  it('does not end what is closed or closing', () => {
    given(keyAccount, clientRegistered, closureRequested).when((account) => merge(account, facts, day)).thenRefused('account-closing');
    given(keyAccount, clientRegistered, closureRequested, closed).when((account) => merge(account, facts, day)).thenRefused('account-closed');
  });
  it('is told to the successor, once', () => {
    given(keyAccount, clientRegistered).when((account) => absorb(account, twin)).then(absorbed);
    given(keyAccount, clientRegistered, absorbed).when((account) => absorb(account, twin)).thenNothing();
  });
  it('needs a successor that is open', () => {
    given(keyAccount).when((account) => absorb(account, twin)).thenRefused('merge-successor-unknown');
    given(keyAccount, clientRegistered, withdrawn).when((account) => absorb(account, twin)).thenRefused('merge-successor-unknown');
    given(keyAccount, clientRegistered, closureRequested).when((account) => absorb(account, twin)).thenRefused('merge-successor-closed');
    given(keyAccount, clientRegistered, merged).when((account) => absorb(account, twin)).thenRefused('merge-successor-closed');
  });
  it('leaves nobody without an owner', () => {
    const owned = fold(at(clientRegistered, 1), at(ownerAssigned('anna'), 2));
    const nobodys = fold(at(clientRegistered, 1));
    expect(() => assertMergeable(owned, nobodys)).toThrow('merge-successor-unowned');
    expect(() => assertMergeable(owned, owned)).not.toThrow();
    expect(() => assertMergeable(nobodys, nobodys)).not.toThrow();
  });
  it('makes no client a prospect again', () => {
    const [client, prospect] = [fold(at(clientRegistered, 1)), fold(at(prospectRegistered, 1))];
    expect(() => assertMergeable(client, prospect)).toThrow('merge-successor-prospect');
    expect(() => assertMergeable(prospect, client)).not.toThrow();
    expect(() => assertMergeable(prospect, prospect)).not.toThrow();
  });
});
