import {
  type CandidateSource, type HiringCriteria, MEMBER_ROLES, type MemberRole, type Money, type RejectionCause, type OfferDeclineCause, type RequisitionEvent, requisitionContract, type RequisitionProfile,
} from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { RECRUITERS } from './open-requisition.js';
import type { HiringStage } from './requisition.aggregate.js';

const STATES = ['open', 'filled', 'cancelled'] as const;

export interface CandidateRow {
  readonly candidateId: string;
  /** These three are ciphertext; `group` is for the fairness report alone. */
  readonly name: string;
  readonly contact: string | null;
  readonly group: string | null;
  readonly source: CandidateSource;
  readonly stage: HiringStage | 'hired';
  /** Why the candidate is out of the process; null while he is in it. */
  readonly out: RejectionCause | OfferDeclineCause | null;
  readonly interviews: readonly { readonly interviewId: string; readonly interviewerId: string; readonly heldOn: string; readonly scores: readonly { readonly criterion: string; readonly score: number }[] | null }[];
}

export interface RequisitionRow extends RequisitionProfile {
  readonly id: string;
  readonly version: number;
  readonly state: (typeof STATES)[number];
  readonly criteria: HiringCriteria;
  readonly openedAt: string;
  readonly offer: { readonly offerId: string; readonly candidateId: string; readonly salary: Money; readonly validUntil: string; readonly acceptedAt: string | null } | null;
  readonly offersDeclined: number;
  readonly hiredId: string | null;
  readonly candidates: readonly CandidateRow[];
}

export const requisitions = projection<RequisitionRow, RequisitionEvent>({
  name: 'requisitions',
  version: 1,
  follows: [requisitionContract],
  indexes: [['managerId', 'state'], ['openedAt']],
  fold(row, event, id): RequisitionRow | null {
    if (event.type === 'accounts.requisition.opened')
      return { ...event.data, id, version: event.version, state: 'open', openedAt: event.occurredAt, offer: null, offersDeclined: 0, hiredId: null, candidates: [] };
    const known = { ...row!, version: event.version };
    switch (event.type) {
      case 'accounts.requisition.criteria-set':
        return { ...known, criteria: event.data };
      case 'accounts.requisition.offer-made': {
        const { offerId, candidateId, salary, validUntil } = event.data;
        return { ...withCandidate(known, candidateId, { stage: 'offered' }), offer: { offerId, candidateId, salary, validUntil, acceptedAt: null } };
      }
      case 'accounts.requisition.offer-accepted':
        return { ...withCandidate(known, event.data.candidateId, { stage: 'accepted' }), offer: { ...known.offer!, acceptedAt: event.occurredAt } };
      case 'accounts.requisition.offer-declined':
        return { ...withCandidate(known, event.data.candidateId, { out: event.data.cause }), offer: null, offersDeclined: known.offersDeclined + 1 };
      case 'accounts.requisition.filled':
        return { ...withCandidate(known, event.data.candidateId, { stage: 'hired' }), state: 'filled', hiredId: event.data.candidateId };
      case 'accounts.requisition.cancelled':
        return { ...known, state: 'cancelled' };
      default:
        return { ...known, candidates: moved(known.candidates, event) };
    }
  },
});

type Moving = Extract<RequisitionEvent, { type: `accounts.requisition.${'candidate' | 'interview'}-${string}` }>;

function moved(candidates: readonly CandidateRow[], event: Moving): readonly CandidateRow[] {
  switch (event.type) {
    case 'accounts.requisition.candidate-added':
      return [...candidates, { ...event.data, stage: 'applied', out: null, interviews: [] }];
    case 'accounts.requisition.candidate-shortlisted':
      return changed(candidates, event.data.candidateId, { stage: 'shortlisted' });
    case 'accounts.requisition.candidate-rejected':
      return changed(candidates, event.data.candidateId, { out: event.data.cause });
    case 'accounts.requisition.candidate-interviewed': {
      const { candidateId, interviewId, interviewerId, heldOn } = event.data;
      const before = candidates.find((one) => one.candidateId === candidateId)?.interviews ?? [];
      return changed(candidates, candidateId, { stage: 'interviewed', interviews: [...before, { interviewId, interviewerId, heldOn, scores: null }] });
    }
    case 'accounts.requisition.interview-scored': {
      const { candidateId, interviewId, scores } = event.data;
      const before = candidates.find((one) => one.candidateId === candidateId)?.interviews ?? [];
      return changed(candidates, candidateId, { interviews: before.map((held) => (held.interviewId === interviewId ? { ...held, scores } : held)) });
    }
    default:
      return ignored(candidates, event);
  }
}

const changed = (candidates: readonly CandidateRow[], candidateId: string, part: Partial<CandidateRow>): readonly CandidateRow[] =>
  candidates.map((candidate) => (candidate.candidateId === candidateId ? { ...candidate, ...part } : candidate));

const withCandidate = (row: RequisitionRow, candidateId: string, part: Partial<CandidateRow>): RequisitionRow => ({ ...row, candidates: changed(row.candidates, candidateId, part) });

type CandidateItem = Omit<CandidateRow, 'group' | 'name'> & { name: string | null };
type RequisitionItem = Omit<RequisitionRow, 'candidates'> & { managerName: string | null; candidates: readonly CandidateItem[] };

export class ListRequisitions extends PageQuery<RequisitionItem> {
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
  @IsOptional() @IsIn(MEMBER_ROLES) role?: MemberRole;
  @IsOptional() @IsId() managerId?: string;
}

export const requisitionQueries = rowQueries<RequisitionRow, RequisitionItem, ListRequisitions>({
  path: 'requisitions',
  roles: [...RECRUITERS, 'auditor'],
  rows: requisitions,
  list: ListRequisitions,
  equal: ['state', 'role', 'managerId'],
  sort: { openedAt: -1 },
  scope: { owner: 'managerId' },
  async show({ candidates, ...row }, access) {
    const shown = candidates.map(async ({ group: _group, name, contact, ...candidate }) => ({
      ...candidate,
      name: await access.reveal(name),
      contact: contact && (await access.reveal(contact)),
    }));
    return { ...row, managerName: await access.memberName(row.managerId), candidates: await Promise.all(shown) };
  },
});
