import { type AccountTeamRole, type CompanyProfile, type ClosureBlocker, type KeyAccountEvent, keyAccountContract, type Provenance, type Tier } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';

export interface RegisteredAccount {
  readonly status: 'prospect' | 'active' | 'closing' | 'closed' | 'withdrawn';
  readonly name: string;
  readonly profile: CompanyProfile;
  readonly provenance: Provenance | null;
  readonly tier: Tier | null;
  /** In order of their days; the owner on a day is that of the last entry up to it. */
  readonly owners: readonly { readonly ownerId: string; readonly from: string }[];
  readonly parentId: string | null;
  readonly team: readonly AccountTeamMember[];
  readonly closureId: string | null;
  readonly before: 'prospect' | 'active';
  readonly versions: number;
}

/** Somebody of the account team, beside the owner. */
export interface AccountTeamMember {
  readonly memberId: string;
  readonly role: AccountTeamRole;
  readonly access: 'read' | 'edit';
}

export type KeyAccount = { readonly status: 'unknown' } | RegisteredAccount;

export const keyAccount = decider<KeyAccount, KeyAccountEvent>({
  contract: keyAccountContract,
  initial: { status: 'unknown' },
  evolve(state, fact): KeyAccount {
    const known = { ...(state as RegisteredAccount), versions: fact.version };
    switch (fact.type) {
      case 'accounts.key-account.prospect-registered':
        return { ...newAccount, ...fact.data, status: 'prospect', before: 'prospect', versions: fact.version };
      case 'accounts.key-account.client-registered':
        return { ...newAccount, ...fact.data, status: 'active', before: 'active', versions: fact.version };
      case 'accounts.key-account.details-changed':
        return { ...known, ...fact.data };
      case 'accounts.key-account.qualified':
        return { ...known, tier: fact.data.tier };
      case 'accounts.key-account.owner-assigned':
        return { ...known, owners: [...known.owners, { ownerId: fact.data.ownerId, from: fact.occurredAt }] };
      case 'accounts.key-account.handed-over':
        return { ...known, owners: [...known.owners, { ownerId: fact.data.toOwnerId, from: fact.occurredAt }] };
      case 'accounts.key-account.attached-to-parent':
        return { ...known, parentId: fact.data.parentId };
      case 'accounts.key-account.team-member-added':
        return { ...known, team: [...known.team.filter(({ memberId }) => memberId !== fact.data.memberId), fact.data] };
      case 'accounts.key-account.team-member-removed':
        return { ...known, team: known.team.filter(({ memberId }) => memberId !== fact.data.memberId) };
      case 'accounts.key-account.closure-requested':
        return { ...known, status: 'closing', closureId: fact.data.closureId };
      case 'accounts.key-account.closure-refused':
        return { ...known, status: known.before, closureId: null };
      case 'accounts.key-account.closed':
        return { ...known, status: 'closed' };
      case 'accounts.key-account.withdrawn':
        return { ...known, status: 'withdrawn' };
      default:
        return ignored(state, fact);
    }
  },
});

const newAccount = { provenance: null, tier: null, owners: [], parentId: null, team: [], closureId: null, versions: 0 };

/** Last owner named, also when the handover lies in the future; null for an account nobody owns. */
export const ownerOf = (account: KeyAccount): string | null => (account.status === 'unknown' ? null : (account.owners.at(-1)?.ownerId ?? null));

/** Everybody who owned the account before its last owner. */
export const formerOwnersOf = (account: KeyAccount): string[] => {
  const owners = account.status === 'unknown' ? [] : account.owners.map(({ ownerId }) => ownerId);
  return [...new Set(owners)].filter((ownerId) => ownerId !== owners.at(-1));
};

export const isTierA = (account: KeyAccount): boolean => account.status !== 'unknown' && account.tier === 'A';

/** Whose an account is today, and who is in its team. */
export function accessOf(account: KeyAccount, now: string): { ownerId: string | null; team: readonly AccountTeamMember[] } {
  if (account.status === 'unknown') return { ownerId: null, team: [] };
  return { ownerId: account.owners.findLast(({ from }) => from <= now)?.ownerId ?? account.owners[0]?.ownerId ?? null, team: account.team };
}

/** Whether an account is a member's at an instant or will be after it, as far as is known by now. */
export function ownsFrom(account: KeyAccount, memberId: string, from: string): boolean {
  if (account.status === 'unknown' || account.status === 'closed' || account.status === 'withdrawn') return false;
  return accessOf(account, from).ownerId === memberId || account.owners.some((owner) => owner.ownerId === memberId && owner.from > from);
}

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
  if (account.status === 'closed') throw new DomainError('account-closed');
  const same = account.name === facts.name && JSON.stringify(account.profile) === JSON.stringify(facts.profile);
  return same ? [] : [{ type: 'accounts.key-account.details-changed', data: facts }];
}

/** The tier limit per owner is held by the reservation that the handler claims first (domain.md 4.1). */
export function qualify(account: KeyAccount, tier: Tier, reason: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  return open.tier === tier ? [] : [{ type: 'accounts.key-account.qualified', data: { tier, reason } }];
}

export function assignOwner(account: KeyAccount, ownerId: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  const owner = ownerOf(open);
  if (owner === ownerId) return [];
  if (owner !== null) throw new DomainError('owner-already-assigned');
  return [{ type: 'accounts.key-account.owner-assigned', data: { ownerId } }];
}

/**
 * Exactly one owner at every instant: the old one until the day of the handover, the new one from it on. Days go forward only;
 * on the very day of the last change the new owner follows from that change on.
 */
export function handOver(account: KeyAccount, facts: { toOwnerId: string; reason: string }, day: { start: string; end: string }): KeyAccountEvent[] {
  const open = assertOpen(account);
  const last = open.owners.at(-1);
  if (!last) throw new DomainError('owner-missing');
  if (last.ownerId === facts.toOwnerId) return [];
  if (day.end < last.from) throw new DomainError('handover-before-last-change', { lastChange: last.from.slice(0, 10) });
  return [{ type: 'accounts.key-account.handed-over', data: { fromOwnerId: last.ownerId, ...facts }, occurredAt: day.start < last.from ? last.from : day.start }];
}

/** Cycles and depth are judged by the hierarchy reservation that the handler claims first. */
export function attachToParent(account: KeyAccount, parentId: string): KeyAccountEvent[] {
  const open = assertOpen(account);
  return open.parentId === parentId ? [] : [{ type: 'accounts.key-account.attached-to-parent', data: { parentId } }];
}

export function addTeamMember(account: KeyAccount, member: AccountTeamMember): KeyAccountEvent[] {
  const open = assertOpen(account);
  const known = open.team.find(({ memberId }) => memberId === member.memberId);
  if (known?.role === member.role && known.access === member.access) return [];
  if (!known && open.team.length >= TEAM_LIMIT) throw new DomainError('account-team-full', { limit: TEAM_LIMIT });
  return [{ type: 'accounts.key-account.team-member-added', data: member }];
}

export function removeTeamMember(account: KeyAccount, facts: { memberId: string; reason: string | null }): KeyAccountEvent[] {
  return assertOpen(account).team.some(({ memberId }) => memberId === facts.memberId) ? [{ type: 'accounts.key-account.team-member-removed', data: facts }] : [];
}

const TEAM_LIMIT = 50;

export function requestClosure(account: KeyAccount, facts: { closureId: string; reason: string; answerBy: string }): KeyAccountEvent[] {
  assertOpen(account);
  return [{ type: 'accounts.key-account.closure-requested', data: facts }];
}

export function grantClosure(account: KeyAccount, closureId: string): KeyAccountEvent[] {
  return isClosing(account, closureId) ? [{ type: 'accounts.key-account.closed', data: { closureId } }] : [];
}

export function refuseClosure(account: KeyAccount, closureId: string, blockers: readonly ClosureBlocker[]): KeyAccountEvent[] {
  return isClosing(account, closureId) ? [{ type: 'accounts.key-account.closure-refused', data: { closureId, blockers } }] : [];
}

/** Takes an imported account back while nothing was built on it: no tier, owner or closure since. */
export function withdraw(account: KeyAccount, reason: string): KeyAccountEvent[] {
  if (account.status === 'withdrawn') return [];
  const open = assertOpen(account);
  if (!open.provenance) throw new DomainError('withdraw-not-imported');
  if (open.tier !== null || open.owners.length > 0) throw new DomainError('withdraw-built-upon');
  return [{ type: 'accounts.key-account.withdrawn', data: { reason }, supersedes: versionsUpTo(open.versions) }];
}

const isClosing = (account: KeyAccount, closureId: string): boolean => account.status === 'closing' && account.closureId === closureId;

const versionsUpTo = (version: number): number[] => Array.from({ length: version }, (_, i) => i + 1);

export function assertOpen(account: KeyAccount): RegisteredAccount {
  if (account.status === 'unknown' || account.status === 'withdrawn') throw new DomainError('account-unknown');
  if (account.status === 'closing') throw new DomainError('account-closing');
  if (account.status === 'closed') throw new DomainError('account-closed');
  return account;
}
