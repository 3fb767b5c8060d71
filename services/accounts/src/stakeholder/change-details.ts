import { COMPANY_FUNCTIONS, type CompanyFunction, SENIORITY_LEVELS, type SeniorityLevel } from '@keyfold/contracts';
import { AggregateCommand, PersonalField } from '@keyfold/event-sourcing-nest';
import { IsMail, IsName, IsPhone, OrNull } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { accountOf, changeContactDetails, changePosition, stakeholder } from './stakeholder.aggregate.js';

/** How the person is called and reached. */
export class ChangeContactDetails extends AggregateCommand {
  @PersonalField() @IsName() name!: string;
  @PersonalField() @OrNull() @IsMail() mail!: string | null;
  @PersonalField() @OrNull() @IsPhone() phone!: string | null;
}

export const changeContactDetailsCase = accountUseCase(ChangeContactDetails, {
  route: 'stakeholders/:id/change-contact-details',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  decide: (state, { name, mail, phone }) => changeContactDetails(state, { name, mail, phone }),
});

export class ChangePosition extends AggregateCommand {
  @OrNull() @IsIn(COMPANY_FUNCTIONS) function!: CompanyFunction | null;
  @OrNull() @IsIn(SENIORITY_LEVELS) level!: SeniorityLevel | null;
}

export const changePositionCase = accountUseCase(ChangePosition, {
  route: 'stakeholders/:id/change-position',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  decide: (state, command) => changePosition(state, { function: command.function, level: command.level }),
});
