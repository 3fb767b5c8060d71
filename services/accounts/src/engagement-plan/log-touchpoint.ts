import { TOUCHPOINT_KINDS, type TouchpointKind, TRAVEL_MEANS, type TravelMeans } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { dateIn, daysBetween, IsBody, IsIds, IsInstant, IsText, IsWhole } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { accountUseCase } from '../key-account/accounts.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { TeamMembers } from '../team-member/team-members.js';
import { Cadences } from './cadences.js';
import { engagementPlan } from './engagement-plan.aggregate.js';
import { logTouchpoint } from './engagement-plan.touchpoints.js';
import { Footprints } from './footprints.js';

/** Who is in contact with clients. */
export const CLIENT_FACING = ['kam', 'director', 'sales-engineer', 'project-manager', 'bid-manager', 'service-agent', 'csr-officer'] as const;

/** A journey for the contact: kilometres there and back, of all travellers together. */
export class TravelBody {
  @IsIn(TRAVEL_MEANS) means!: TravelMeans;
  @IsWhole(1, 1_000_000) km!: number;
}

export class LogTouchpoint extends AggregateCommand {
  @IsInstant() occurredAt!: string;
  @IsIn(TOUCHPOINT_KINDS) kind!: TouchpointKind;
  @IsIn(['in', 'out']) direction!: 'in' | 'out';
  @IsOptional() @IsIds(100) stakeholderIds?: string[];
  /** Absent: whoever logs it. */
  @IsOptional() @IsIds(50, 1) memberIds?: string[];
  @IsOptional() @IsText(2_000) note?: string | null;
  @IsOptional() @IsBody(() => TravelBody) travel?: TravelBody | null;
  @IsOptional() @IsText(500) reason?: string | null;
}

export const logTouchpointCase = accountUseCase(LogTouchpoint, {
  route: 'engagement-plans/:id/log-touchpoint',
  roles: CLIENT_FACING,
  on: engagementPlan,
  makes: true,
  accountOf: (_plan, { id }) => id,
  needs: [Cadences, Footprints, Stakeholders, TeamMembers],
  async prepare({ id, occurredAt, stakeholderIds = [], memberIds = [], travel }, _plan, [cadences, footprints, stakeholders, members]) {
    for (const stakeholderId of stakeholderIds) await stakeholders.assertActive(id, stakeholderId);
    for (const memberId of memberIds) await members.assertOnboarded(memberId);
    const { calendar, today } = await cadences.rulesOf(id);
    const on = dateIn(occurredAt, calendar);
    return { on, daysAgo: daysBetween(on, today), travel: travel ? await footprints.of(travel, occurredAt) : null };
  },
  decide(plan, command, { on, daysAgo, travel }) {
    const { kind, direction, stakeholderIds = [], memberIds, note = null, reason = null, context } = command;
    const { actor, commandId, now } = context;
    const ours = memberIds ?? (actor.memberId === null ? [] : [actor.memberId]);
    const contact = { touchpointId: uuid5(commandId, 'touchpoint'), on, kind, direction, stakeholderIds, memberIds: ours, note, travel, review: null, reason };
    const occurredAt = new Date(Date.parse(command.occurredAt)).toISOString();
    return logTouchpoint(plan, contact, { occurredAt, now, daysAgo, isDirector: actor.roles.includes('director') });
  },
});
