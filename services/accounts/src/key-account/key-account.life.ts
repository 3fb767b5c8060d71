import type { ClosureBlocker, CompanyProfile, KeyAccountEvent, Provenance } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { assertOpen, type KeyAccount, ownerOf } from './key-account.aggregate.js';

/** A prospect that a key account manager brings is his from the start. */
export function registerProspect(account: KeyAccount, facts: { name: string; profile: CompanyProfile }, ownerId: string | null): KeyAccountEvent[] {
  if (account.status !== 'unknown') throw new DomainError('account-exists');
  const registered: KeyAccountEvent = { type: 'accounts.key-account.prospect-registered', data: facts };
  return ownerId === null ? [registered] : [registered, { type: 'accounts.key-account.owner-assigned', data: { ownerId } }];
}

/** Registers a client that is one already, as of `activeSince`; what is known and says the same is left alone, other content is a change of details. */
export function registerClient(
  account: KeyAccount,
  facts: { name: string; profile: CompanyProfile; provenance: Provenance | null },
  activeSince: string,
): KeyAccountEvent[] {
  if (account.status === 'unknown') return [{ type: 'accounts.key-account.client-registered', data: facts, occurredAt: activeSince }];
  // History leaves the withdrawal out too, or it would follow the earlier day on which the account is active again.
  if (account.status === 'withdrawn') return [{ type: 'accounts.key-account.client-registered', data: facts, occurredAt: activeSince, supersedes: [account.versions] }];
  if (account.status === 'closed' || account.status === 'merged') assertOpen(account);
  if (account.status === 'prospect' || account.status === 'targeted') throw new DomainError('account-exists');
  const same = account.name === facts.name && JSON.stringify(account.profile) === JSON.stringify(facts.profile);
  return same ? [] : [{ type: 'accounts.key-account.details-changed', data: facts }];
}

/** Takes an imported account back while nothing was built on it: no score, tier, owner, team, merge or closure since. What others say of it is asked by the handler. */
export function withdraw(account: KeyAccount, reason: string): KeyAccountEvent[] {
  if (account.status === 'withdrawn') return [];
  const open = assertOpen(account);
  if (!open.provenance) throw new DomainError('withdraw-not-imported');
  const isBuiltUpon = open.tier !== null || open.score !== null || [open.owners, open.team, open.absorbed].some(({ length }) => length > 0);
  if (isBuiltUpon) throw new DomainError('withdraw-built-upon');
  return [{ type: 'accounts.key-account.withdrawn', data: { reason }, supersedes: versionsUpTo(open.versions) }];
}

const versionsUpTo = (version: number): number[] => Array.from({ length: version }, (_, i) => i + 1);

/** Puts a prospect on the list of targets. */
export function nominate(account: KeyAccount, reason: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.status === 'targeted') return [];
  if (open.status !== 'prospect') throw new DomainError('account-not-prospect');
  return [{ type: 'accounts.key-account.prospect-nominated', data: { reason } }];
}

/** The first exchange with a target, on a day up to today. */
export function engage(account: KeyAccount, facts: { note: string | null }, occurredAt: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.status === 'prospect') throw new DomainError('account-not-targeted');
  if (open.status !== 'targeted') throw new DomainError('account-not-prospect');
  return open.engaged ? [] : [{ type: 'accounts.key-account.prospect-engaged', data: facts, occurredAt }];
}

/** By the first contract and no other way; a dormant account wakes with its next one. Nobody is a client before there is somebody to look after him. */
export function activate(account: KeyAccount, contractId: string, since: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.status === 'active') return [];
  const first = open.owners[0];
  if (!first) throw new DomainError('owner-missing');
  return [{ type: 'accounts.key-account.activated', data: { contractId }, occurredAt: since < first.from ? first.from : since }];
}

export interface DormancyTerms {
  readonly today: string;
  /** Months without revenue of the policy, and the first day that they leave free. */
  readonly months: number;
  readonly earliest: string;
  /** A director makes an account dormant on any day (domain.md 4.1). */
  readonly byDirector: boolean;
}

export function makeDormant(account: KeyAccount, facts: { reason: string; lastRevenueOn: string | null }, { today, months, earliest, byDirector }: DormancyTerms): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.status === 'dormant') return [];
  if (open.status !== 'active') throw new DomainError('account-not-active');
  if (facts.lastRevenueOn !== null) assertNotToCome(facts.lastRevenueOn, today);
  if (!byDirector && today < earliest) throw new DomainError('account-revenue-recent', { months, earliest });
  return [{ type: 'accounts.key-account.made-dormant', data: facts }];
}

export function reactivate(account: KeyAccount, reason: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  if (open.status === 'active') return [];
  if (open.status !== 'dormant') throw new DomainError('account-not-dormant');
  return [{ type: 'accounts.key-account.reactivated', data: { reason } }];
}

/** A client is dormant before it is closed; a prospect that leads nowhere is closed as it is. */
export function requestClosure(account: KeyAccount, facts: { closureId: string; reason: string; answerBy: string }): KeyAccountEvent[] {
  if (assertOpen(account).status === 'active') throw new DomainError('account-still-active');
  return [{ type: 'accounts.key-account.closure-requested', data: facts }];
}

export function grantClosure(account: KeyAccount, closureId: string): KeyAccountEvent[] {
  return isClosing(account, closureId) ? [{ type: 'accounts.key-account.closed', data: { closureId } }] : [];
}

export function refuseClosure(account: KeyAccount, closureId: string, blockers: readonly ClosureBlocker[]): KeyAccountEvent[] {
  return isClosing(account, closureId) ? [{ type: 'accounts.key-account.closure-refused', data: { closureId, blockers } }] : [];
}

const isClosing = (account: KeyAccount, closureId: string): boolean => account.status === 'closing' && account.closureId === closureId;

/** Said of the successor first, so that a merge finds it open. */
export function absorb(successor: KeyAccount, facts: { accountId: string; reason: string }): KeyAccountEvent[] {
  if (successor.status === 'unknown' || successor.status === 'withdrawn') throw new DomainError('merge-successor-unknown');
  if (successor.absorbed.includes(facts.accountId)) return [];
  if (['closing', 'closed', 'merged'].includes(successor.status)) throw new DomainError('merge-successor-closed');
  return [{ type: 'accounts.key-account.absorbed', data: facts }];
}

/** The end of a duplicate: what belongs to it is its successor's from the day on. Its own stream stays and can be read. */
export function merge(account: KeyAccount, facts: { successorId: string; reason: string }, occurredAt: string): KeyAccountEvent[] {
  if (account.status === 'merged' && account.successorId === facts.successorId) return [];
  assertOpen(account);
  return [{ type: 'accounts.key-account.merged', data: facts, occurredAt }];
}

/** An account that has an owner goes to one that has: nobody's clients become nobody's. A client is no prospect again: its contracts go to a client. */
export function assertMergeable(account: KeyAccount, successor: KeyAccount): void {
  const { activeSince } = assertOpen(account);
  if (ownerOf(account) !== null && ownerOf(successor) === null) throw new DomainError('merge-successor-unowned');
  if (activeSince !== null && successor.status !== 'unknown' && successor.activeSince === null) throw new DomainError('merge-successor-prospect');
}

/** A day up to today. */
export function assertNotToCome(day: string, today: string): void {
  if (day > today) throw new DomainError('account-day-to-come', { today });
}
