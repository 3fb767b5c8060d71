import { BUYING_ROLES, type BuyingRole, type Language, LANGUAGES, POLITICAL_STATUSES, type PoliticalStatus, type Support, SUPPORTS } from '@keyfold/contracts';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsSetOf, OrNull } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { RELATION_KEEPERS } from './register-stakeholder.js';
import { accountOf, declareSupport, setBuyingRoles, setPoliticalStatus, setPreferredLanguage, stakeholder } from './stakeholder.aggregate.js';

/** All that the person does when the client buys; an empty list: nothing. */
export class SetBuyingRoles extends AggregateCommand {
  @IsSetOf(BUYING_ROLES) roles!: BuyingRole[];
}

export const setBuyingRolesCase = accountUseCase(SetBuyingRoles, {
  route: 'stakeholders/:id/set-buying-roles',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  decide: (state, { roles }) => setBuyingRoles(state, roles),
});

export class SetPoliticalStatus extends AggregateCommand {
  @OrNull() @IsIn(POLITICAL_STATUSES) politicalStatus!: PoliticalStatus | null;
}

export const setPoliticalStatusCase = accountUseCase(SetPoliticalStatus, {
  route: 'stakeholders/:id/set-political-status',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  decide: (state, { politicalStatus }) => setPoliticalStatus(state, politicalStatus),
});

export class DeclareSupport extends AggregateCommand {
  @OrNull() @IsIn(SUPPORTS) support!: Support | null;
}

export const declareSupportCase = accountUseCase(DeclareSupport, {
  route: 'stakeholders/:id/declare-support',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  decide: (state, { support }) => declareSupport(state, support),
});

export class SetPreferredLanguage extends AggregateCommand {
  @IsIn(LANGUAGES) language!: Language;
}

export const setPreferredLanguageCase = accountUseCase(SetPreferredLanguage, {
  route: 'stakeholders/:id/set-preferred-language',
  roles: RELATION_KEEPERS,
  on: stakeholder,
  accountOf,
  decide: (state, { language }) => setPreferredLanguage(state, language),
});
