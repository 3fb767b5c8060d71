import { PROBATION_END_CAUSES, type ProbationEndCause } from '@keyfold/contracts';
import { AggregateCommand, PersonalField } from '@keyfold/event-sourcing-nest';
import { IsCode, IsDateOnly, IsReal, IsText, IsWhole } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { memberUseCase } from './member-use-case.js';
import { assertAnother, assessSkill, completeTraining, confirmProbation, endProbation, holdOneOnOne, recordCredential } from './team-member.development.js';

const LEADS = ['director', 'hr'] as const;
const LEVELS = [0, 1, 2, 3, 4] as const;

export class AssessSkill extends AggregateCommand {
  @IsCode() skill!: string;
  @IsIn(LEVELS) level!: (typeof LEVELS)[number];
}

export const assessSkillCase = memberUseCase(AssessSkill, {
  route: 'team-members/:id/assess-skill',
  roles: LEADS,
  decide: (member, { id, skill, level, context }) => assessSkill(member, { skill, level, assessorId: assertAnother(id, context.actor.memberId) }),
});

export class RecordCredential extends AggregateCommand {
  /** Years of study after the baccalauréat. */
  @IsOptional() @IsWhole(0, 12) diplomaLevel?: number | null;
  @IsOptional() @IsReal(0, 60) experienceYears?: number | null;
}

export const recordCredentialCase = memberUseCase(RecordCredential, {
  route: 'team-members/:id/record-credential',
  roles: LEADS,
  decide: (member, { diplomaLevel = null, experienceYears = null }) => recordCredential(member, { diplomaLevel, experienceYears }),
});

export class CompleteTraining extends AggregateCommand {
  @IsCode() training!: string;
  @IsReal(0.25, 2_000) hours!: number;
  @IsDateOnly() completedOn!: string;
}

export const completeTrainingCase = memberUseCase(CompleteTraining, {
  route: 'team-members/:id/complete-training',
  roles: LEADS,
  needs: [Policies],
  decide: (member, { training, hours, completedOn }, _prepared, [policies]) => completeTraining(member, { training, hours, completedOn }, policies.today()),
});

export class ConfirmProbation extends AggregateCommand {}

export const confirmProbationCase = memberUseCase(ConfirmProbation, {
  route: 'team-members/:id/confirm-probation',
  roles: LEADS,
  decide: (member, { id, context }) => confirmProbation(member, assertAnother(id, context.actor.memberId)),
});

export class EndProbation extends AggregateCommand {
  @IsIn(PROBATION_END_CAUSES) cause!: ProbationEndCause;
}

export const endProbationCase = memberUseCase(EndProbation, {
  route: 'team-members/:id/end-probation',
  roles: LEADS,
  decide: (member, { id, cause, context }) => endProbation(member, assertAnother(id, context.actor.memberId), cause),
});

/** The talk of a member with who leads him; whoever says so led it. */
export class HoldOneOnOne extends AggregateCommand {
  @IsDateOnly() heldOn!: string;
  @PersonalField() @IsOptional() @IsText(4_000) notes?: string | null;
}

export const holdOneOnOneCase = memberUseCase(HoldOneOnOne, {
  route: 'team-members/:id/hold-one-on-one',
  roles: LEADS,
  needs: [Policies],
  decide: (member, { id, heldOn, notes = null, context }, _prepared, [policies]) =>
    holdOneOnOne(member, { memberId: id, leadId: assertAnother(id, context.actor.memberId), heldOn, notes }, policies.today()),
});
