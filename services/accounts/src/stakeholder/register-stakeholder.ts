import {
  BUYING_ROLES,
  type BuyingRole,
  COMPANY_FUNCTIONS,
  type CompanyFunction,
  type Language,
  LANGUAGES,
  POLITICAL_STATUSES,
  type PoliticalStatus,
  SENIORITY_LEVELS,
  type SeniorityLevel,
  type Support,
  SUPPORTS,
} from '@keyfold/contracts';
import { AggregateCommand, PersonalField } from '@keyfold/event-sourcing-nest';
import { IsBody, IsId, IsMail, IsName, IsPhone, IsSetOf, ProvenanceBody } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { accountOf, register, stakeholder } from './stakeholder.aggregate.js';

/** Who keeps the client's people and the relations to them, where the account is theirs or they are in its team. */
export const RELATION_KEEPERS = ['kam', 'director', 'sales-engineer', 'project-manager'] as const;

/** A person at the client: new, or one that an import says again under the id that it chose. */
export class RegisterStakeholder extends AggregateCommand {
  @IsId() accountId!: string;
  @PersonalField() @IsName() name!: string;
  @PersonalField() @IsOptional() @IsMail() mail?: string | null;
  @PersonalField() @IsOptional() @IsPhone() phone?: string | null;
  @IsOptional() @IsIn(COMPANY_FUNCTIONS) function?: CompanyFunction | null;
  @IsOptional() @IsIn(SENIORITY_LEVELS) level?: SeniorityLevel | null;
  @IsOptional() @IsSetOf(BUYING_ROLES) buyingRoles?: BuyingRole[] | null;
  @IsOptional() @IsIn(POLITICAL_STATUSES) politicalStatus?: PoliticalStatus | null;
  @IsOptional() @IsIn(SUPPORTS) support?: Support | null;
  @IsOptional() @IsIn(LANGUAGES) language?: Language | null;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

export const registerStakeholderCase = accountUseCase(RegisterStakeholder, {
  route: ['stakeholders', 'stakeholders/:id/register'],
  roles: RELATION_KEEPERS,
  on: stakeholder,
  makes: true,
  accountOf: (state, { accountId }) => accountOf(state) ?? accountId,
  decide: (state, command) =>
    register(state, {
      personId: command.id,
      accountId: command.accountId,
      name: command.name,
      mail: command.mail ?? null,
      phone: command.phone ?? null,
      function: command.function ?? null,
      level: command.level ?? null,
      buyingRoles: command.buyingRoles ?? [],
      politicalStatus: command.politicalStatus ?? null,
      support: command.support ?? null,
      language: command.language ?? null,
      provenance: command.provenance ?? null,
    }),
});
