import type { AccountTeamRole, ClosureBlocker, CompanyProfile, HierarchyEdge, KeyAccountEvent, Provenance, SelectionPoints, Tier } from '@keyfold/contracts';
import { keyAccountContract } from '@keyfold/contracts';
import { projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { isSameAssignment, type LifeStatus, type RaciAssignment } from './key-account.aggregate.js';

export const STATUSES = ['prospect', 'targeted', 'active', 'dormant', 'closing', 'closed', 'merged'] as const;

export interface KeyAccountRow {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  /** Lower-case name, for search and order. */
  readonly sortName: string;
  readonly status: (typeof STATUSES)[number];
  readonly tier: Tier | null;
  /** In order of their days; a handover may lie in the future. */
  readonly owners: readonly { readonly ownerId: string; readonly from: string }[];
  readonly ownerId: string | null;
  /** First instant of the owner; in the future after a handover that is still to come. */
  readonly ownerSince: string | null;
  /** Whose it is until `ownerSince`; the owner himself when he is the first. */
  readonly ownerBefore: string | null;
  /** In order of their days; the parent on a day is that of the last entry up to it. */
  readonly parents: readonly HierarchyEdge[];
  /** Every parent that it has, had or will have. */
  readonly parentIds: readonly string[];
  readonly profile: CompanyProfile;
  readonly activeSince: string | null;
  readonly team: readonly { readonly memberId: string; readonly role: AccountTeamRole; readonly access: 'read' | 'edit' }[];
  readonly teamIds: readonly string[];
  readonly raci: readonly RaciAssignment[];
  readonly closure: { readonly closureId: string; readonly state: 'requested' | 'refused' | 'closed'; readonly blockers: readonly ClosureBlocker[] } | null;
  readonly statusBefore: LifeStatus;
  readonly engagedAt: string | null;
  readonly dormantSince: string | null;
  /** By the selection policy of the day `scoredOn`; null: never scored. */
  readonly score: number | null;
  readonly scoredOn: string | null;
  readonly points: readonly SelectionPoints[];
  readonly tierRequest: { readonly requestId: string; readonly tier: Tier; readonly reason: string; readonly requestedBy: string; readonly state: 'requested' | 'approved' | 'rejected' } | null;
  readonly tierReviewDueOn: string | null;
  readonly currency: string | null;
  readonly sectorCode: string | null;
  readonly subsectorCode: string | null;
  readonly successorId: string | null;
  readonly absorbed: readonly string[];
  readonly provenance: Provenance | null;
}

type Known = Extract<KeyAccountEvent, { type: `accounts.key-account.${string}` }>;
type Changes = { readonly [Type in Known['type']]?: (row: KeyAccountRow, event: RecordedEvent & Extract<Known, { type: Type }>) => Partial<KeyAccountRow> };

const CHANGES: Changes = {
  'accounts.key-account.details-changed': (row, { data }) => ({ ...named(data), profile: data.profile, provenance: data.provenance ?? row.provenance }),
  'accounts.key-account.currency-set': (_row, { data }) => data,
  'accounts.key-account.classified': (_row, { data }) => ({ sectorCode: data.sector, subsectorCode: data.subsector }),

  'accounts.key-account.prospect-nominated': () => ({ status: 'targeted', statusBefore: 'targeted' }),
  'accounts.key-account.prospect-engaged': (_row, { occurredAt }) => ({ engagedAt: occurredAt }),
  'accounts.key-account.activated': ({ activeSince }, { occurredAt }) => ({ status: 'active', statusBefore: 'active', activeSince: activeSince ?? occurredAt, dormantSince: null }),
  'accounts.key-account.made-dormant': (_row, { occurredAt }) => ({ status: 'dormant', statusBefore: 'dormant', dormantSince: occurredAt }),
  'accounts.key-account.reactivated': () => ({ status: 'active', statusBefore: 'active', dormantSince: null }),
  'accounts.key-account.closure-requested': (_row, { data }) => ({ status: 'closing', closure: { closureId: data.closureId, state: 'requested', blockers: [] } }),
  'accounts.key-account.closure-refused': ({ statusBefore }, { data }) => ({ status: statusBefore, closure: { ...data, state: 'refused' } }),
  'accounts.key-account.closed': (_row, { data }) => ({ status: 'closed', closure: { closureId: data.closureId, state: 'closed', blockers: [] } }),
  'accounts.key-account.merged': (_row, { data }) => ({ status: 'merged', successorId: data.successorId }),
  'accounts.key-account.absorbed': ({ absorbed }, { data }) => ({ absorbed: [...absorbed, data.accountId] }),

  'accounts.key-account.qualified': (_row, { data }) => ({ tier: data.tier }),
  'accounts.key-account.disqualified': () => ({ tier: null, tierReviewDueOn: null }),
  'accounts.key-account.scored': (_row, { data: { on, points, score } }) => ({ scoredOn: on, points, score }),
  'accounts.key-account.tier-requested': (_row, { data: { requestId, tier, reason, requestedBy } }) => ({ tierRequest: { requestId, tier, reason, requestedBy, state: 'requested' } }),
  'accounts.key-account.tier-approved': ({ tierRequest }) => ({ tierRequest: tierRequest && { ...tierRequest, state: 'approved' } }),
  'accounts.key-account.tier-rejected': ({ tierRequest }) => ({ tierRequest: tierRequest && { ...tierRequest, state: 'rejected' } }),
  'accounts.key-account.tier-review-scheduled': (_row, { data }) => ({ tierReviewDueOn: data.dueOn }),

  'accounts.key-account.owner-assigned': ({ owners }, { data, occurredAt }) => withOwners([...owners, { ownerId: data.ownerId, from: occurredAt }]),
  'accounts.key-account.handed-over': ({ owners }, { data, occurredAt }) => withOwners([...owners, { ownerId: data.toOwnerId, from: occurredAt }]),
  'accounts.key-account.handover-cancelled': ({ owners }, { data: { on } }) => withOwners(owners.filter(({ from }) => from < on)),
  'accounts.key-account.attached-to-parent': (row, { data, occurredAt }) => withParent(row, { parentId: data.parentId, from: occurredAt }),
  'accounts.key-account.detached-from-parent': (row, { occurredAt }) => withParent(row, { parentId: null, from: occurredAt }),
  'accounts.key-account.team-member-added': ({ team }, { data }) => withTeam([...team.filter(({ memberId }) => memberId !== data.memberId), data]),
  'accounts.key-account.team-member-removed': ({ team, raci }, { data: { memberId: gone } }) => ({
    ...withTeam(team.filter(({ memberId }) => memberId !== gone)),
    raci: raci.filter(({ memberId }) => memberId !== gone),
  }),
  'accounts.key-account.raci-assigned': ({ raci }, { data }) => ({ raci: [...raci, data] }),
  'accounts.key-account.raci-withdrawn': ({ raci }, { data }) => ({ raci: raci.filter((one) => !isSameAssignment(one, data)) }),
};

export const keyAccounts = projection<KeyAccountRow, KeyAccountEvent>({
  name: 'key-accounts',
  version: 4,
  follows: [keyAccountContract],
  indexes: [['sortName'], ['ownerId'], ['status', 'sortName'], ['parentIds'], ['teamIds'], ['score']],
  fold(row, event, id): KeyAccountRow | null {
    const { type, version } = event;
    if (type === 'accounts.key-account.withdrawn') return null;
    if (type === 'accounts.key-account.prospect-registered') return { ...newRow(id, event.data), version };
    if (type === 'accounts.key-account.client-registered')
      return { ...newRow(id, event.data), version, status: 'active', statusBefore: 'active', activeSince: event.occurredAt, provenance: event.data.provenance };
    const change = CHANGES[type] as ((row: KeyAccountRow, event: RecordedEvent) => Partial<KeyAccountRow>) | undefined;
    return row && { ...row, ...change?.(row, event), version };
  },
});

const named = ({ name }: { name: string }) => ({ name, sortName: name.toLowerCase() });

/** Two changes of one day: before the day it is whose it was before the first of them. */
function withOwners(owners: KeyAccountRow['owners']): Pick<KeyAccountRow, 'owners' | 'ownerId' | 'ownerSince' | 'ownerBefore'> {
  const last = owners.at(-1);
  const before = last && (owners.findLast(({ from }) => from < last.from) ?? owners[0]!);
  return { owners, ownerId: last?.ownerId ?? null, ownerSince: last?.from ?? null, ownerBefore: before?.ownerId ?? null };
}

const withTeam = (team: KeyAccountRow['team']) => ({ team, teamIds: team.map(({ memberId }) => memberId) });

function withParent({ parents }: KeyAccountRow, edge: HierarchyEdge): Pick<KeyAccountRow, 'parents' | 'parentIds'> {
  const edges = [...parents, edge].toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  return { parents: edges, parentIds: [...new Set(edges.flatMap(({ parentId }) => parentId ?? []))] };
}

export const parentOn = ({ parents }: Pick<KeyAccountRow, 'parents'>, instant: string): string | null => parents.findLast(({ from }) => from <= instant)?.parentId ?? null;

const newRow = (id: string, facts: { name: string; profile: CompanyProfile }): KeyAccountRow => ({
  id,
  version: 1,
  ...named(facts),
  status: 'prospect',
  statusBefore: 'prospect',
  tier: null,
  owners: [],
  ownerId: null,
  ownerSince: null,
  ownerBefore: null,
  parents: [],
  parentIds: [],
  profile: facts.profile,
  activeSince: null,
  team: [],
  teamIds: [],
  raci: [],
  closure: null,
  engagedAt: null,
  dormantSince: null,
  score: null,
  scoredOn: null,
  points: [],
  tierRequest: null,
  tierReviewDueOn: null,
  currency: null,
  sectorCode: null,
  subsectorCode: null,
  successorId: null,
  absorbed: [],
  provenance: null,
});
