import { CANDIDATE_SOURCES, type CandidateSource, DECLARED_GROUPS, type DeclaredGroup, REJECTION_CAUSES, type RejectionCause } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, PersonalField, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsBodies, IsCode, IsDateOnly, IsId, IsName } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { TeamMembers } from '../team-member/team-members.js';
import { RECRUITERS } from './open-requisition.js';
import { managerOf, requisition } from './requisition.aggregate.js';
import { addCandidate, interview, interviewerOf, reject, score, shortlist } from './requisition.candidates.js';

export class AddCandidate extends AggregateCommand {
  @PersonalField() @IsName() name!: string;
  @PersonalField() @IsOptional() @IsName() contact?: string | null;
  /** What the candidate says of himself, if he wants to; counted in the fairness report and seen nowhere. */
  @PersonalField() @IsOptional() @IsIn(DECLARED_GROUPS) group?: DeclaredGroup | null;
  @IsIn(CANDIDATE_SOURCES) source!: CandidateSource;
}

export const addCandidateCase = useCase(AddCandidate, {
  route: 'requisitions/:id/add-candidate',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { name, contact = null, group = null, source, context }) => addCandidate(state, { candidateId: uuid5(context.commandId, 'candidate'), name, contact, group, source }),
});

export class ShortlistCandidate extends AggregateCommand {
  @IsId() candidateId!: string;
}

export const shortlistCandidateCase = useCase(ShortlistCandidate, {
  route: 'requisitions/:id/shortlist-candidate',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { candidateId }) => shortlist(state, candidateId),
});

/** An interview that was held; each interviewer of a panel has his own. */
export class InterviewCandidate extends AggregateCommand {
  @IsId() candidateId!: string;
  @IsId() interviewerId!: string;
  @IsDateOnly() heldOn!: string;
}

export const interviewCandidateCase = useCase(InterviewCandidate, {
  route: 'requisitions/:id/interview-candidate',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  needs: [TeamMembers, Policies],
  prepare: ({ interviewerId }, _requisition, [members]) => members.assertOnboarded(interviewerId),
  decide: (state, { candidateId, interviewerId, heldOn, context }, _prepared, [, policies]) =>
    interview(state, { interviewId: uuid5(context.commandId, 'interview'), candidateId, interviewerId, heldOn }, policies.today()),
});

const SCORES = [1, 2, 3, 4, 5] as const;

class ScoreBody {
  @IsCode() criterion!: string;
  @IsIn(SCORES) score!: (typeof SCORES)[number];
}

/** The scorecard, from who led the interview. */
export class ScoreInterview extends AggregateCommand {
  @IsId() interviewId!: string;
  @IsBodies(() => ScoreBody, 20, 1) scores!: ScoreBody[];
}

export const scoreInterviewCase = useCase(ScoreInterview, {
  route: 'requisitions/:id/score-interview',
  roles: ['director', 'hr', 'kam', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'finance', 'service-agent'],
  on: requisition,
  /** Interviewers see nothing of a requisition but their own interviews. */
  async permit({ id, interviewId, scope, context: { actor } }, state) {
    if (!scope.covers(managerOf(state)) && interviewerOf(state, interviewId) !== actor.memberId) throw new NotFound('requisition', id);
  },
  decide: (state, { interviewId, scores, context }) => score(state, interviewId, context.actor.memberId, scores.map(({ criterion, score: given }) => ({ criterion, score: given }))),
});

export class RejectCandidate extends AggregateCommand {
  @IsId() candidateId!: string;
  @IsIn(REJECTION_CAUSES) cause!: RejectionCause;
}

export const rejectCandidateCase = useCase(RejectCandidate, {
  route: 'requisitions/:id/reject-candidate',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { candidateId, cause }) => reject(state, candidateId, cause),
});
