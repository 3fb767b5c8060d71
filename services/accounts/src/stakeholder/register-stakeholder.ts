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
import { Access, IsBody, IsId, IsMail, IsName, IsPhone, IsSetOf, ProvenanceBody } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { accountOf, type ContactDetails, register, type Stakeholder, stakeholder } from './stakeholder.aggregate.js';
import { reveal } from './stakeholders.projection.js';

/** Who keeps the client's people and the relations to them, where the account is theirs or they are in its team. */
export const RELATION_KEEPERS = ['kam', 'director', 'sales-engineer', 'project-manager'] as const;

const STANCES = ['consented', 'opposed'] as const;

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
  /** What the person said elsewhere, to another system that is imported. */
  @IsOptional() @IsIn(STANCES) marketing?: (typeof STANCES)[number] | null;
  @IsOptional() @IsIn(STANCES) survey?: (typeof STANCES)[number] | null;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

/** How a person is called and reached now; null for somebody new, or erased. */
async function detailsOf(state: Stakeholder, access: Access): Promise<ContactDetails | null> {
  if (state.status !== 'active') return null;
  const [name, mail, phone] = await Promise.all([access.reveal(state.name), reveal(access, state.mail), reveal(access, state.phone)]);
  return name === null ? null : { name, mail, phone };
}

export const registerStakeholderCase = accountUseCase(RegisterStakeholder, {
  route: ['stakeholders', 'stakeholders/:id/register'],
  roles: RELATION_KEEPERS,
  on: stakeholder,
  makes: true,
  accountOf: (state, { accountId }) => accountOf(state) ?? accountId,
  needs: [Access],
  prepare: (_command, state, [access]) => detailsOf(state, access),
  decide(state, command, known) {
    const { marketing, survey } = command;
    const facts = {
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
    };
    return register(state, facts, { stances: { ...(marketing && { marketing }), ...(survey && { survey }) }, known });
  },
});
