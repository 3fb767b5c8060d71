import { KEY_PERSON_ROLES, type KeyPersonRole } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { accountPlanUseCase } from './account-plan.js';
import { nameKeyPerson, recordKeyPersonGap } from './account-plan.environment.aggregate.js';

export class NameKeyPerson extends AggregateCommand {
  @IsIn(KEY_PERSON_ROLES) role!: KeyPersonRole;
  @IsId() stakeholderId!: string;
}

export const nameKeyPersonCase = accountPlanUseCase(NameKeyPerson, {
  step: 'name-key-person',
  needs: [Stakeholders],
  prepare: ({ stakeholderId }, { accountId }, [stakeholders]) => stakeholders.assertActive(accountId, stakeholderId),
  decide: (plan, { role, stakeholderId }) => nameKeyPerson(plan, role, stakeholderId),
});

/** Nobody yet: an action of the plan is to find somebody. */
export class RecordKeyPersonGap extends AggregateCommand {
  @IsIn(KEY_PERSON_ROLES) role!: KeyPersonRole;
  @IsId() actionId!: string;
}

export const recordKeyPersonGapCase = accountPlanUseCase(RecordKeyPersonGap, {
  step: 'record-key-person-gap',
  decide: (plan, { role, actionId }) => recordKeyPersonGap(plan, role, actionId),
});
