import {
  BUYING_ROLES,
  type BuyingRole,
  type ContactPurpose,
  type DepartureReason,
  type Language,
  LANGUAGES,
  type PoliticalStatus,
  type ClientPosition,
  type Provenance,
  SENIORITY_LEVELS,
  type SeniorityLevel,
  type StakeholderEvent,
  stakeholderContract,
  type Support,
} from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { type Access, IsId, rowQueries } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import type { Stance } from './stakeholder.aggregate.js';
import { isOfRetention, NEVER_IN_TOUCH, retained, type Retention } from './stakeholder.retention.aggregate.js';

const STATUSES = ['active', 'departed'] as const;

export interface StakeholderRow extends ClientPosition, Retention {
  readonly id: string;
  readonly version: number;
  readonly personId: string;
  readonly accountId: string;
  /** Ciphertext, as are mail and phone. */
  readonly name: string;
  readonly mail: string | null;
  readonly phone: string | null;
  readonly buyingRoles: readonly BuyingRole[];
  readonly politicalStatus: PoliticalStatus | null;
  readonly support: Support | null;
  readonly language: Language | null;
  readonly marketing: Stance;
  readonly survey: Stance;
  readonly status: (typeof STATUSES)[number];
  readonly registeredAt: string;
  readonly departed: { readonly at: string; readonly reason: DepartureReason; readonly movedTo: { readonly accountId: string; readonly stakeholderId: string } | null } | null;
  readonly provenance: Provenance | null;
}

export const stakeholders = projection<StakeholderRow, StakeholderEvent>({
  name: 'stakeholders',
  version: 3,
  follows: [stakeholderContract],
  indexes: [['accountId', 'status'], ['accountId', 'registeredAt'], ['status', 'accountId', 'registeredAt'], ['erasureProposed.at']],
  fold(row, event, id): StakeholderRow | null {
    const known = { ...row!, version: event.version };
    if (isOfRetention(event)) return { ...known, ...retained(known, event) };
    switch (event.type) {
      case 'accounts.stakeholder.registered':
        return { id, version: event.version, ...event.data, marketing: null, survey: null, status: 'active', registeredAt: event.occurredAt, departed: null, ...NEVER_IN_TOUCH };
      case 'accounts.stakeholder.contact-details-changed':
      case 'accounts.stakeholder.position-changed':
      case 'accounts.stakeholder.political-status-set':
      case 'accounts.stakeholder.support-declared':
      case 'accounts.stakeholder.preferred-language-set':
        return { ...known, ...event.data };
      case 'accounts.stakeholder.buying-roles-set':
        return { ...known, buyingRoles: event.data.roles };
      case 'accounts.stakeholder.consent-given':
        return { ...known, ...stance(event.data.purpose, 'consented') };
      case 'accounts.stakeholder.opposition-raised':
        return { ...known, ...stance(event.data.purpose, 'opposed') };
      case 'accounts.stakeholder.departed':
        return { ...known, status: 'departed', departed: { at: event.occurredAt, ...event.data } };
      case 'accounts.stakeholder.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});

const stance = (purpose: ContactPurpose, said: Stance): Partial<StakeholderRow> => ({ [purpose]: said });

export type StakeholderItem = Omit<StakeholderRow, 'name'> & { name: string | null; accountName: string | null };

/** Who may see the client's people. No BI reader and no finance: names are not figures. */
export const RELATION_READERS = ['kam', 'director', 'sales-engineer', 'project-manager', 'csr-officer', 'service-agent', 'auditor'] as const;

export class ListStakeholders extends PageQuery<StakeholderItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(STATUSES) status?: (typeof STATUSES)[number];
  @IsOptional() @Type(() => Number) @IsIn(SENIORITY_LEVELS) level?: SeniorityLevel;
  @IsOptional() @IsIn(BUYING_ROLES) buyingRole?: BuyingRole;
  @IsOptional() @IsIn(LANGUAGES) language?: Language;
}

export const reveal = async (access: Access, text: string | null): Promise<string | null> => (text === null ? null : access.reveal(text));

/** Names in clear; null, like mail and phone, once the person was erased. */
export async function shown(row: StakeholderRow, access: Access): Promise<StakeholderItem> {
  const [name, mail, phone, accountName] = await Promise.all([reveal(access, row.name), reveal(access, row.mail), reveal(access, row.phone), access.accountName(row.accountId)]);
  return { ...row, name, mail, phone, accountName };
}

export const stakeholderQueries = rowQueries<StakeholderRow, StakeholderItem, ListStakeholders>({
  path: 'stakeholders',
  roles: RELATION_READERS,
  rows: stakeholders,
  list: ListStakeholders,
  equal: ['accountId', 'status', 'level', 'language'],
  where: ({ buyingRole }) => (buyingRole === undefined ? [] : [{ buyingRoles: buyingRole }]),
  sort: { accountId: 1, registeredAt: 1 },
  scope: { account: 'accountId' },
  show: shown,
});
