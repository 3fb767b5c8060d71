import { TOUCHPOINT_KINDS, type TouchpointKind, TRAVEL_MEANS, type TravelMeans } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsBody, IsIds, IsInstant, IsText, IsWhole } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Contacts, instantOf, oursIn } from './contacts.js';
import { CLIENT_FACING, engagementPlanCase } from './engagement-plan-case.js';
import { logTouchpoint } from './engagement-plan.touchpoints.js';

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

export const logTouchpointCase = engagementPlanCase(LogTouchpoint, 'log-touchpoint', {
  roles: CLIENT_FACING,
  needs: [Contacts],
  prepare: (command, _plan, [contacts]) => contacts.circumstancesOf(command),
  decide(plan, command, { on, daysAgo, travel }) {
    const { kind, direction, stakeholderIds = [], note = null, reason = null, context } = command;
    const { actor, commandId, now } = context;
    const contact = { touchpointId: uuid5(commandId, 'touchpoint'), on, kind, direction, stakeholderIds, memberIds: oursIn(command), note, travel, review: null, reason };
    return logTouchpoint(plan, contact, { occurredAt: instantOf(command.occurredAt), now, daysAgo, isDirector: actor.roles.includes('director') });
  },
});
