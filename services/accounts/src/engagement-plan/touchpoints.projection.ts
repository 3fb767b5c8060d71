import { type EngagementPlanEvent, engagementPlanContract, isTouch, type Touchpoint, TOUCHPOINT_KINDS, type TouchpointKind } from '@keyfold/contracts';
import { idOf, projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { type Access, IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CLIENT_FACING } from './engagement-plan-case.js';

export interface TouchpointRow extends Omit<Touchpoint, 'touchpointId'> {
  readonly id: string;
  readonly accountId: string;
  readonly occurredAt: string;
  readonly loggedAt: string;
  /** False for a mass mail. */
  readonly isTouch: boolean;
}

/** Every contact with a client, one row each. */
export const touchpoints = projection<TouchpointRow, EngagementPlanEvent>({
  name: 'touchpoints',
  version: 2,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'occurredAt'], ['occurredAt']],
  rowsOf: (event) => (event.type === 'accounts.engagement-plan.touchpoint-logged' || event.type === 'accounts.engagement-plan.touchpoint-withdrawn' ? [event.data.touchpointId] : []),
  fold(row, event): TouchpointRow | null {
    const accountId = idOf(engagementPlanContract, event.streamId);
    if (row && row.accountId !== accountId) return row; // two imports at once chose one id: the contact that is there stays
    if (event.type === 'accounts.engagement-plan.touchpoint-withdrawn') return null;
    if (event.type !== 'accounts.engagement-plan.touchpoint-logged') return row;
    const { touchpointId: id, ...contact } = event.data;
    const { occurredAt, recordedAt: loggedAt } = event;
    return { id, accountId, ...contact, occurredAt, loggedAt, isTouch: isTouch(contact.kind) };
  },
});

type TouchpointItem = TouchpointRow & { accountName: string | null; memberNames: readonly (string | null)[] };

export class ListTouchpoints extends PageQuery<TouchpointItem> {
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsIn(TOUCHPOINT_KINDS) kind?: TouchpointKind;
}

export const touchpointQueries = rowQueries<TouchpointRow, TouchpointItem, ListTouchpoints>({
  path: 'touchpoints',
  roles: [...CLIENT_FACING, 'auditor'],
  rows: touchpoints,
  list: ListTouchpoints,
  equal: ['accountId', 'kind'],
  sort: { occurredAt: -1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({ ...row, accountName: await access.accountName(row.accountId), memberNames: await namesOf(row.memberIds, access) }),
});

/** Names of members, in the order of their ids. */
export const namesOf = (ids: readonly string[], access: Access): Promise<(string | null)[]> => Promise.all(ids.map((id) => access.memberName(id)));
