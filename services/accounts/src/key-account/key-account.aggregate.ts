import {
  type AccountTeamRole, type CompanyProfile, type Deliverable, type HierarchyEdge, type KeyAccountEvent, keyAccountContract, type Provenance, type RaciLetter, type SelectionPoints, type Tier,
} from '@keyfold/contracts';
import { decider, DomainError, type Fact } from '@keyfold/event-sourcing';

/** From prospect to client and, without revenue, asleep (domain.md 4.1). */
export type LifeStatus = 'prospect' | 'targeted' | 'active' | 'dormant';

export type TierVerdict = 'approved' | 'rejected';

export interface RegisteredAccount {
  readonly status: LifeStatus | 'closing' | 'closed' | 'merged' | 'withdrawn';
  readonly name: string;
  readonly profile: CompanyProfile;
  readonly provenance: Provenance | null;
  readonly tier: Tier | null;
  /** In order of their days; the owner on a day is that of the last entry up to it. */
  readonly owners: readonly Ownership[];
  /** What the handovers that were cancelled would have made. */
  readonly cancelled: readonly Ownership[];
  /** In order of their days, what was said last coming last where two are of one day. */
  readonly parents: readonly HierarchyEdge[];
  readonly team: readonly AccountTeamMember[];
  readonly raci: readonly RaciAssignment[];
  readonly closureId: string | null;
  /** What it is again when its closure is refused. */
  readonly before: LifeStatus;
  /** Instant since which it has been a client; null before. */
  readonly activeSince: string | null;
  readonly engaged: boolean;
  /** `on`: the day of the score. */
  readonly score: { readonly on: string; readonly points: readonly SelectionPoints[]; readonly score: number } | null;
  readonly request: { readonly requestId: string; readonly tier: Tier; readonly reason: string; readonly requestedBy: string } | null;
  /** The request for a tier that was decided last, and how. */
  readonly decidedRequest: { readonly requestId: string; readonly verdict: TierVerdict } | null;
  /** Day by which the tier is to be looked at again; null once that was said. */
  readonly reviewDueOn: string | null;
  readonly currency: string | null;
  readonly sector: { readonly sector: string; readonly subsector: string | null } | null;
  readonly successorId: string | null;
  /** First instant on which it is its successor. */
  readonly mergedFrom: string | null;
  readonly absorbed: readonly string[];
  readonly versions: number;
}

export interface Ownership {
  readonly ownerId: string;
  readonly from: string;
  /** Of the event that says it. */
  readonly version: number;
}

/** Somebody of the account team, beside the owner. */
export interface AccountTeamMember {
  readonly memberId: string;
  readonly role: AccountTeamRole;
  readonly access: 'read' | 'edit';
}

export interface RaciAssignment {
  readonly deliverable: Deliverable;
  readonly memberId: string;
  readonly letter: RaciLetter;
}

export type KeyAccount = { readonly status: 'unknown' } | RegisteredAccount;

const newAccount = {
  provenance: null, tier: null, owners: [], cancelled: [], parents: [], team: [], raci: [], closureId: null, activeSince: null, engaged: false, score: null, request: null, decidedRequest: null,
  reviewDueOn: null, currency: null, sector: null, successorId: null, mergedFrom: null, absorbed: [], versions: 0,
} as const;

/** What each event changes of an account; a registration begins it anew. */
type Changes = { readonly [Type in KeyAccountEvent['type']]: (known: RegisteredAccount, fact: Extract<Fact<KeyAccountEvent>, { type: Type }>) => Partial<RegisteredAccount> };

const CHANGES: Changes = {
  'accounts.key-account.prospect-registered': (_known, { data }) => ({ ...newAccount, ...data, status: 'prospect', before: 'prospect' }),
  'accounts.key-account.client-registered': (_known, { data, occurredAt }) => ({ ...newAccount, ...data, status: 'active', before: 'active', activeSince: occurredAt }),
  'accounts.key-account.details-changed': (_known, { data }) => data,
  'accounts.key-account.currency-set': (_known, { data }) => data,
  'accounts.key-account.classified': (_known, { data }) => ({ sector: data }),
  'accounts.key-account.withdrawn': () => ({ status: 'withdrawn' }),

  'accounts.key-account.prospect-nominated': () => ({ status: 'targeted', before: 'targeted' }),
  'accounts.key-account.prospect-engaged': () => ({ engaged: true }),
  'accounts.key-account.activated': (known, { occurredAt }) => ({ status: 'active', before: 'active', activeSince: known.activeSince ?? occurredAt }),
  'accounts.key-account.made-dormant': () => ({ status: 'dormant', before: 'dormant' }),
  'accounts.key-account.reactivated': () => ({ status: 'active', before: 'active' }),
  'accounts.key-account.closure-requested': (_known, { data }) => ({ status: 'closing', closureId: data.closureId }),
  'accounts.key-account.closure-refused': ({ before }) => ({ status: before, closureId: null }),
  'accounts.key-account.closed': () => ({ status: 'closed' }),
  'accounts.key-account.merged': (_known, { data, occurredAt }) => ({ status: 'merged', successorId: data.successorId, mergedFrom: occurredAt }),
  'accounts.key-account.absorbed': ({ absorbed }, { data }) => ({ absorbed: [...absorbed, data.accountId] }),

  'accounts.key-account.scored': (_known, { data }) => ({ score: data }),
  'accounts.key-account.tier-requested': (_known, { data: { requestId, tier, reason, requestedBy } }) => ({ request: { requestId, tier, reason, requestedBy } }),
  'accounts.key-account.tier-approved': (_known, { data: { requestId } }) => ({ request: null, decidedRequest: { requestId, verdict: 'approved' } }),
  'accounts.key-account.tier-rejected': (_known, { data: { requestId } }) => ({ request: null, decidedRequest: { requestId, verdict: 'rejected' } }),
  'accounts.key-account.qualified': (_known, { data }) => ({ tier: data.tier }),
  'accounts.key-account.disqualified': () => ({ tier: null, reviewDueOn: null }),
  'accounts.key-account.tier-reviewed': () => ({}),
  'accounts.key-account.tier-review-scheduled': (_known, { data }) => ({ reviewDueOn: data.dueOn }),
  'accounts.key-account.tier-review-due': () => ({ reviewDueOn: null }),

  'accounts.key-account.owner-assigned': ({ owners }, { data, occurredAt, version }) => ({ owners: [...owners, { ownerId: data.ownerId, from: occurredAt, version }] }),
  'accounts.key-account.handed-over': ({ owners }, { data, occurredAt, version }) => ({ owners: [...owners, { ownerId: data.toOwnerId, from: occurredAt, version }] }),
  'accounts.key-account.handover-cancelled': ({ owners, cancelled }, { data: { on } }) => ({
    owners: owners.filter(({ from }) => from < on),
    cancelled: [...cancelled, ...owners.filter(({ from }) => from >= on)],
  }),
  'accounts.key-account.attached-to-parent': ({ parents }, { data, occurredAt }) => ({ parents: inOrder([...parents, { parentId: data.parentId, from: occurredAt }]) }),
  'accounts.key-account.detached-from-parent': ({ parents }, { occurredAt }) => ({ parents: inOrder([...parents, { parentId: null, from: occurredAt }]) }),

  'accounts.key-account.team-member-added': ({ team }, { data }) => ({ team: [...without(team, data.memberId), data] }),
  'accounts.key-account.team-member-removed': ({ team, raci }, { data }) => ({ team: without(team, data.memberId), raci: without(raci, data.memberId) }),
  'accounts.key-account.raci-assigned': ({ raci }, { data }) => ({ raci: [...raci, data] }),
  'accounts.key-account.raci-withdrawn': ({ raci }, { data }) => ({ raci: raci.filter((one) => !isSameAssignment(one, data)) }),
};

export const keyAccount = decider<KeyAccount, KeyAccountEvent>({
  contract: keyAccountContract,
  initial: { status: 'unknown' },
  evolve(state, fact): KeyAccount {
    // Old code that reads a newer log keeps its state.
    const change = CHANGES[fact.type] as ((known: RegisteredAccount, fact: Fact<KeyAccountEvent>) => Partial<RegisteredAccount>) | undefined;
    return change ? { ...(state as RegisteredAccount), ...change(state as RegisteredAccount, fact), versions: fact.version } : state;
  },
});

const inOrder = (edges: readonly HierarchyEdge[]): readonly HierarchyEdge[] => edges.toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));

const without = <One extends { readonly memberId: string }>(list: readonly One[], memberId: string): readonly One[] => list.filter((one) => one.memberId !== memberId);

export const isSameAssignment = (a: RaciAssignment, b: RaciAssignment): boolean => a.deliverable === b.deliverable && a.memberId === b.memberId && a.letter === b.letter;

/** Last owner named, also when the handover lies in the future; null for an account nobody owns. */
export const ownerOf = (account: KeyAccount): string | null => (account.status === 'unknown' ? null : (account.owners.at(-1)?.ownerId ?? null));

/** Everybody who owned the account, owns it or will, or was to own it. */
export const ownersOf = (account: KeyAccount): string[] =>
  account.status === 'unknown' ? [] : [...new Set([...account.owners, ...account.cancelled].map(({ ownerId }) => ownerId))];

export const versionOf = (account: KeyAccount): number => (account.status === 'unknown' ? 0 : account.versions);

export const isTierA = (account: KeyAccount): boolean => account.status !== 'unknown' && account.tier === 'A';

export const isWithdrawn = ({ status }: KeyAccount): boolean => status === 'unknown' || status === 'withdrawn';

/** Whose an account is on an instant: the first owner's also before his first day, so that there is no time without one. */
export const ownerOn = (account: RegisteredAccount, instant: string): string | null => account.owners.findLast(({ from }) => from <= instant)?.ownerId ?? account.owners[0]?.ownerId ?? null;

/** Whose an account is today, and who is in its team. */
export function accessOf(account: KeyAccount, now: string): { ownerId: string | null; team: readonly AccountTeamMember[] } {
  return account.status === 'unknown' ? { ownerId: null, team: [] } : { ownerId: ownerOn(account, now), team: account.team };
}

/** Whether an account is a member's at an instant or will be after it, as far as is known by now. */
export function ownsFrom(account: KeyAccount, memberId: string, from: string): boolean {
  if (account.status === 'unknown' || ['closed', 'merged', 'withdrawn'].includes(account.status)) return false;
  return ownerOn(account, from) === memberId || account.owners.some((owner) => owner.ownerId === memberId && owner.from > from);
}

export function assertOpen(account: KeyAccount): RegisteredAccount {
  if (account.status === 'unknown' || account.status === 'withdrawn') throw new DomainError('account-unknown');
  if (account.status === 'closing') throw new DomainError('account-closing');
  if (account.status === 'closed') throw new DomainError('account-closed');
  if (account.status === 'merged') throw new DomainError('account-merged', { successorId: account.successorId ?? '' });
  return account;
}
