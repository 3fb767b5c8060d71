import type { KeyAccountEvent } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { type AccountTeamMember, assertOpen, isSameAssignment, type KeyAccount, ownerOf, type RaciAssignment } from './key-account.aggregate.js';

/** The first owner; a client's since the day on which it became one, so that it never was nobody's. */
export function assignOwner(account: KeyAccount, ownerId: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  const owner = ownerOf(open);
  if (owner === ownerId) return [];
  if (owner !== null) throw new DomainError('owner-already-assigned');
  return [{ type: 'accounts.key-account.owner-assigned', data: { ownerId }, ...(open.activeSince && { occurredAt: open.activeSince }) }];
}

/**
 * Exactly one owner at every instant: the old one until the day of the handover, the new one from it on. Days go forward only;
 * on the very day of the last change the new owner follows from that change on. While one handover is to come, another can take its day and no later one:
 * who owns the account today stays a question of its last two owners, which lists are asked by.
 */
export function handOver(account: KeyAccount, facts: { toOwnerId: string; reason: string }, day: HandoverDay, now: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  const last = open.owners.at(-1);
  if (!last) throw new DomainError('owner-missing');
  if (day.end < last.from) throw new DomainError('handover-before-last-change', { lastChange: day.dateOf(last.from) });
  if (last.from > now && day.start > last.from) throw new DomainError('handover-to-come', { on: day.dateOf(last.from) });
  if (last.ownerId === facts.toOwnerId) return [];
  return [{ type: 'accounts.key-account.handed-over', data: { fromOwnerId: last.ownerId, ...facts }, occurredAt: day.start < last.from ? last.from : day.start }];
}

/** Its first and its last instant, and of what day another instant is. */
export interface HandoverDay {
  readonly start: string;
  readonly end: string;
  dateOf(instant: string): string;
}

/** Undone before its day, with any other of that day: whoever owns the account until then keeps it. From its day on it is undone by another handover. */
export function cancelHandover(account: KeyAccount, facts: { on: string; start: string; reason: string }, now: string): KeyAccountEvent[] {
  const { owners, cancelled } = assertOpen(account);
  const { on, start, reason } = facts;
  const ofDay = owners.filter(({ from }) => from === start);
  const last = ofDay.at(-1);
  const kept = owners.findLast(({ from }) => from < start);
  if (last && kept && start > now)
    return [{ type: 'accounts.key-account.handover-cancelled', data: { ownerId: kept.ownerId, toOwnerId: last.ownerId, on: start, reason }, supersedes: ofDay.map(({ version }) => version) }];
  if (last && start <= now) throw new DomainError('handover-begun', { on });
  if (cancelled.some(({ from }) => from === start)) return [];
  throw new DomainError('handover-unknown', { on });
}

/** The parent from an instant on, until the next that is known. Cycles and depth are judged by the hierarchy reservation that the handler claims first. */
export function attachToParent(account: KeyAccount, parentId: string, from: string): KeyAccountEvent[] {
  return parentOn(account, from) === parentId ? [] : [{ type: 'accounts.key-account.attached-to-parent', data: { parentId }, occurredAt: from }];
}

export function detachFromParent(account: KeyAccount, reason: string, from: string): KeyAccountEvent[] {
  return parentOn(account, from) === null ? [] : [{ type: 'accounts.key-account.detached-from-parent', data: { reason }, occurredAt: from }];
}

const parentOn = (account: KeyAccount, instant: string): string | null => assertOpen(account).parents.findLast(({ from }) => from <= instant)?.parentId ?? null;

export function addTeamMember(account: KeyAccount, member: AccountTeamMember): KeyAccountEvent[] {
  const open = assertOpen(account);
  const known = open.team.find(({ memberId }) => memberId === member.memberId);
  if (known?.role === member.role && known.access === member.access) return [];
  if (!known && open.team.length >= TEAM_LIMIT) throw new DomainError('account-team-full', { limit: TEAM_LIMIT });
  return [{ type: 'accounts.key-account.team-member-added', data: member }];
}

const TEAM_LIMIT = 50;

/** With his RACI letters. */
export function removeTeamMember(account: KeyAccount, facts: { memberId: string; reason: string | null }): KeyAccountEvent[] {
  return assertOpen(account).team.some(({ memberId }) => memberId === facts.memberId) ? [{ type: 'accounts.key-account.team-member-removed', data: facts }] : [];
}

/** One person answers for a deliverable; any number do it, are asked or are told (domain.md M4). */
export function assignRaci(account: KeyAccount, assignment: RaciAssignment): KeyAccountEvent[] {
  const open = assertOpen(account);
  const { deliverable, memberId, letter } = assignment;
  if (open.raci.some((one) => isSameAssignment(one, assignment))) return [];
  if (memberId !== ownerOf(open) && !open.team.some((member) => member.memberId === memberId)) throw new DomainError('raci-not-in-team');
  const accountable = letter === 'A' ? open.raci.find((one) => one.deliverable === deliverable && one.letter === 'A') : undefined;
  if (accountable) throw new DomainError('raci-accountable-taken', { memberId: accountable.memberId });
  return [{ type: 'accounts.key-account.raci-assigned', data: assignment }];
}

export function withdrawRaci(account: KeyAccount, assignment: RaciAssignment): KeyAccountEvent[] {
  return assertOpen(account).raci.some((one) => isSameAssignment(one, assignment)) ? [{ type: 'accounts.key-account.raci-withdrawn', data: assignment }] : [];
}

export function setCurrency(account: KeyAccount, currency: string): KeyAccountEvent[] {
  return assertOpen(account).currency === currency ? [] : [{ type: 'accounts.key-account.currency-set', data: { currency } }];
}

/** By the codes of a sector pack that is in force; that it is is checked by the handler. */
export function classify(account: KeyAccount, sector: { sector: string; subsector: string | null }): KeyAccountEvent[] {
  const { sector: known } = assertOpen(account);
  return known?.sector === sector.sector && known.subsector === sector.subsector ? [] : [{ type: 'accounts.key-account.classified', data: sector }];
}
