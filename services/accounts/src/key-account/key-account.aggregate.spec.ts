import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, type KeyAccountEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { keyAccount, ownerOf } from './key-account.aggregate.js';
import { addTeamMember, assignOwner, attachToParent, handOver, removeTeamMember } from './key-account.belonging.js';
import { attachedTo, clientRegistered, closed, closureRequested, dormant, handedOver, ownerAssigned, profile, prospectRegistered, qualifiedAs, scored, tieredAs, withdrawn } from './key-account.facts.js';
import { grantClosure, refuseClosure, registerClient, registerProspect, requestClosure, withdraw } from './key-account.life.js';
import { qualify } from './key-account.tier.js';

const facts = { name: 'Acme', profile };
const imported = { ...facts, provenance: { source: 'crm', entity: 'accounts', rowKey: 'Acme', run: 'crm-1' } };
const reviewOn = '2027-01-01';
const strategic = { tier: 'A', reason: 'strategic' } as const;
const selection = { policy: DEFAULT_POLICIES.selection, current: true };
const since = '2017-01-09T23:00:00.000Z';
const toBea = { toOwnerId: 'bea', reason: 'new territory' };
const closure = { closureId: 'c1', reason: 'merged', answerBy: '2026-01-01T00:00:30.000Z' };

describe('when unknown', () => {
  it('a prospect is registered', () => given(keyAccount).when((account) => registerProspect(account, facts, null)).then(prospectRegistered));
  it('the prospect of a key account manager is his', () =>
    given(keyAccount).when((account) => registerProspect(account, facts, 'anna')).then(prospectRegistered, { type: 'accounts.key-account.owner-assigned', data: { ownerId: 'anna' } }));
  it('a client is registered as of the day it became one', () => given(keyAccount).when((account) => registerClient(account, imported, since)).then(clientRegistered));
  it('nothing else is possible', () => given(keyAccount).when((account) => qualify(account, strategic, reviewOn, selection)).thenRefused('account-unknown'));
});

describe('when registered', () => {
  it('is not registered as a prospect again', () => given(keyAccount, prospectRegistered).when((account) => registerProspect(account, facts, null)).thenRefused('account-exists'));
  it('the same client said again is left alone, whatever the run', () =>
    given(keyAccount, clientRegistered).when((account) => registerClient(account, { ...imported, provenance: { ...imported.provenance, run: 'crm-2' } }, since)).thenNothing());
  it('the same client with another profile is changed', () => {
    const moved = { ...imported, profile: { ...profile, country: 'Belgium' } };
    given(keyAccount, clientRegistered).when((account) => registerClient(account, moved, since)).then({ type: 'accounts.key-account.details-changed', data: moved });
  });
  it('is qualified with a tier', () => given(keyAccount, prospectRegistered, scored(75)).when((account) => qualify(account, strategic, reviewOn, selection)).then(...tieredAs('A')));
  it('is not qualified without a score by the criteria of today, nor below the threshold', () => {
    given(keyAccount, prospectRegistered).when((account) => qualify(account, strategic, reviewOn, selection)).thenRefused('tier-score-missing');
    given(keyAccount, prospectRegistered, scored(75)).when((account) => qualify(account, strategic, reviewOn, { ...selection, current: false })).thenRefused('tier-score-missing');
    given(keyAccount, prospectRegistered, scored(74)).when((account) => qualify(account, strategic, reviewOn, selection)).thenRefused('tier-score-too-low', { tier: 'A', threshold: 75, score: 74 });
  });
  it('is qualified once', () => given(keyAccount, prospectRegistered, qualifiedAs('A')).when((account) => qualify(account, { ...strategic, reason: 'again' }, reviewOn, selection)).thenNothing());
  it('gets another tier', () => given(keyAccount, prospectRegistered, scored(60), qualifiedAs('A')).when((account) => qualify(account, { ...strategic, tier: 'B' }, reviewOn, selection)).then(...tieredAs('B')));
  it('gets an owner', () => given(keyAccount, prospectRegistered).when((account) => assignOwner(account, 'anna')).then({ type: 'accounts.key-account.owner-assigned', data: { ownerId: 'anna' } }));
  it('gets an owner since the day on which it became a client', () =>
    given(keyAccount, clientRegistered).when((account) => assignOwner(account, 'anna')).then({ type: 'accounts.key-account.owner-assigned', data: { ownerId: 'anna' }, occurredAt: since }));
  it('keeps its owner', () => given(keyAccount, prospectRegistered, ownerAssigned('anna')).when((account) => assignOwner(account, 'anna')).thenNothing());
  it('changes owner only by a handover', () => given(keyAccount, prospectRegistered, ownerAssigned('anna')).when((account) => assignOwner(account, 'bea')).thenRefused('owner-already-assigned'));
  it('is attached to a parent', () => given(keyAccount, prospectRegistered).when((account) => attachToParent(account, 'group', '2026-01-01T00:00:00.000Z')).then(attachedTo('group')));
  it('is attached once', () => given(keyAccount, prospectRegistered, attachedTo('group')).when((account) => attachToParent(account, 'group', '2026-01-01T00:00:00.000Z')).thenNothing());
});

const now = '2026-02-01T12:00:00.000Z';
const day = (date: string) => ({ start: `${date}T00:00:00.000Z`, end: `${date}T23:59:59.999Z`, dateOf });
const dateOf = (instant: string): string => instant.slice(0, 10);

describe('a handover', () => {
  const owned = [prospectRegistered, ownerAssigned('anna')] as const;

  it('names the old and the new owner and its day', () => given(keyAccount, ...owned).when((account) => handOver(account, toBea, day('2026-03-01'), now)).then(handedOver('anna', 'bea')));
  it('on the day of the last change follows that change', () => {
    const midday = { ...ownerAssigned('anna'), occurredAt: '2026-01-01T12:00:00.000Z' };
    given(keyAccount, prospectRegistered, midday).when((account) => handOver(account, toBea, day('2026-01-01'), now)).then(handedOver('anna', 'bea', '2026-01-01T12:00:00.000Z'));
  });
  it('to the owner of today is nothing', () => given(keyAccount, ...owned, handedOver('anna', 'bea')).when((account) => handOver(account, toBea, day('2026-04-01'), '2026-03-02T00:00:00.000Z')).thenNothing());
  it('that is to come is said again for its day, and is not moved in silence', () => {
    given(keyAccount, ...owned, handedOver('anna', 'bea')).when((account) => handOver(account, toBea, day('2026-03-01'), now)).thenNothing();
    given(keyAccount, ...owned, handedOver('anna', 'bea')).when((account) => handOver(account, toBea, day('2026-04-01'), now)).thenRefused('handover-to-come', { on: '2026-03-01' });
    given(keyAccount, ...owned, handedOver('anna', 'bea')).when((account) => handOver(account, toBea, day('2026-02-20'), now)).thenRefused('handover-before-last-change', { lastChange: '2026-03-01' });
  });
  it('waits for one that is to come', () =>
    given(keyAccount, ...owned, handedOver('anna', 'cara')).when((account) => handOver(account, toBea, day('2026-03-02'), now)).thenRefused('handover-to-come', { on: '2026-03-01' }));
  it('may take the day of one that is to come', () =>
    given(keyAccount, ...owned, handedOver('anna', 'cara')).when((account) => handOver(account, toBea, day('2026-03-01'), now)).then(handedOver('cara', 'bea')));
  it('needs an owner', () => given(keyAccount, prospectRegistered).when((account) => handOver(account, toBea, day('2026-03-01'), now)).thenRefused('owner-missing'));
  it('cannot lie before the day of the last change of owner', () =>
    given(keyAccount, ...owned).when((account) => handOver(account, toBea, day('2025-12-31'), now)).thenRefused('handover-before-last-change', { lastChange: '2026-01-01' }));
});

describe('the account team', () => {
  const member = { memberId: 'bob', role: 'sales-engineer', access: 'edit' } as const;
  const added: KeyAccountEvent = { type: 'accounts.key-account.team-member-added', data: member };
  const removed: KeyAccountEvent = { type: 'accounts.key-account.team-member-removed', data: { memberId: 'bob', reason: null } };
  const full = Array.from({ length: 50 }, (_, i): KeyAccountEvent => ({ ...added, data: { ...member, memberId: `m${i}` } }) as KeyAccountEvent);

  it('takes a member', () => given(keyAccount, clientRegistered).when((account) => addTeamMember(account, member)).then(added));
  it('takes him once', () => given(keyAccount, clientRegistered, added).when((account) => addTeamMember(account, member)).thenNothing());
  it('changes what he may do', () => {
    const reader = { ...member, access: 'read' } as const;
    given(keyAccount, clientRegistered, added).when((account) => addTeamMember(account, reader)).then({ ...added, data: reader } as KeyAccountEvent);
  });
  it('has a limit', () => given(keyAccount, clientRegistered, ...full).when((account) => addTeamMember(account, member)).thenRefused('account-team-full', { limit: 50 }));
  it('lets a member go, once', () => {
    given(keyAccount, clientRegistered, added).when((account) => removeTeamMember(account, removed.data as never)).then(removed);
    given(keyAccount, clientRegistered, added, removed).when((account) => removeTeamMember(account, removed.data as never)).thenNothing();
  });
});

describe('a closure', () => {
  it('is requested of a dormant client, and of a prospect', () => {
    given(keyAccount, clientRegistered, dormant).when((account) => requestClosure(account, closure)).then(closureRequested);
    given(keyAccount, prospectRegistered).when((account) => requestClosure(account, closure)).then(closureRequested);
  });
  it('is not requested of an active client', () => given(keyAccount, clientRegistered).when((account) => requestClosure(account, closure)).thenRefused('account-still-active'));
  it('is requested once', () => given(keyAccount, clientRegistered, closureRequested).when((account) => requestClosure(account, { ...closure, closureId: 'c2' })).thenRefused('account-closing'));
  it('lets nothing be changed while it is asked', () => given(keyAccount, clientRegistered, dormant, closureRequested).when((account) => qualify(account, strategic, reviewOn, selection)).thenRefused('account-closing'));
  it('is granted', () => given(keyAccount, clientRegistered, closureRequested).when((account) => grantClosure(account, 'c1')).then(closed));
  it('is granted once', () => given(keyAccount, clientRegistered, closureRequested, closed).when((account) => grantClosure(account, 'c1')).thenNothing());
  it('is refused with what is open, and the account is as it was', () => {
    const blockers = [{ service: 'opportunities', code: 'open-items', open: 2 }] as const;
    const refused = { type: 'accounts.key-account.closure-refused', data: { closureId: 'c1', blockers } } as const;
    given(keyAccount, clientRegistered, closureRequested).when((account) => refuseClosure(account, 'c1', blockers)).then(refused);
    given(keyAccount, clientRegistered, scored(80), dormant, closureRequested, refused).when((account) => qualify(account, strategic, reviewOn, selection)).then(...tieredAs('A'));
  });
  it('an answer to another request is left alone', () => {
    given(keyAccount, clientRegistered, closureRequested).when((account) => grantClosure(account, 'c0')).thenNothing();
    given(keyAccount, clientRegistered, closureRequested).when((account) => refuseClosure(account, 'c0', [])).thenNothing();
  });
  it('is the end', () => given(keyAccount, clientRegistered, closureRequested, closed).when((account) => requestClosure(account, closure)).thenRefused('account-closed'));
});

describe('an imported account', () => {
  it('is withdrawn with all its history', () =>
    given(keyAccount, clientRegistered, attachedTo('group')).when((account) => withdraw(account, 'undo')).then({ ...withdrawn, supersedes: [1, 2] }));
  it('is withdrawn once', () => given(keyAccount, clientRegistered, withdrawn).when((account) => withdraw(account, 'undo')).thenNothing());
  it('stays once somebody built on it', () => given(keyAccount, clientRegistered, ownerAssigned('anna')).when((account) => withdraw(account, 'undo')).thenRefused('withdraw-built-upon'));
  it('is registered anew in the place of its withdrawal', () =>
    given(keyAccount, clientRegistered, withdrawn).when((account) => registerClient(account, imported, since)).then({ ...clientRegistered, supersedes: [2] }));
  it('that was not imported cannot be withdrawn', () => given(keyAccount, prospectRegistered).when((account) => withdraw(account, 'undo')).thenRefused('withdraw-not-imported'));
});

it('nobody owns an account without an owner', () => {
  expect(ownerOf({ status: 'unknown' })).toBeNull();
});
