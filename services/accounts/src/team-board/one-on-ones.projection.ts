import { type TeamMemberEvent, teamMemberContract } from '@keyfold/contracts';
import { projection } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsOptional } from 'class-validator';

export interface OneOnOneRow {
  readonly id: string;
  readonly memberId: string;
  readonly leadId: string;
  readonly heldOn: string;
  /** Ciphertext. */
  readonly notes: string | null;
}

export const oneOnOnes = projection<OneOnOneRow, TeamMemberEvent>({
  name: 'one-on-ones',
  version: 1,
  follows: [teamMemberContract],
  indexes: [['memberId', 'heldOn']],
  rowsOf: (event) => (event.type === 'accounts.team-member.one-on-one-held' ? [event.eventId] : []),
  fold: (row, event, id) => (event.type === 'accounts.team-member.one-on-one-held' ? { id, ...event.data } : row),
});

type OneOnOneItem = OneOnOneRow & { memberName: string | null; leadName: string | null };

export class ListOneOnOnes extends PageQuery<OneOnOneItem> {
  @IsOptional() @IsId() memberId?: string;
}

/** `GET /api/accounts/one-on-ones`: a member's own, and those of the people whom one leads. */
export const oneOnOneQueries = rowQueries<OneOnOneRow, OneOnOneItem, ListOneOnOnes>({
  path: 'one-on-ones',
  roles: ['kam', 'sales-engineer', 'project-manager', 'bid-manager', 'legal', 'csr-officer', 'director', 'hr'],
  rows: oneOnOnes,
  list: ListOneOnOnes,
  equal: ['memberId'],
  sort: { heldOn: -1 },
  scope: { owner: 'memberId' },
  show: async (row, access) => ({
    ...row,
    notes: row.notes && (await access.reveal(row.notes)),
    memberName: await access.memberName(row.memberId),
    leadName: await access.memberName(row.leadId),
  }),
});
