import { type Touchpoint, TOUCHPOINT_KINDS, type TouchpointKind, TRAVEL_MEANS, type TravelMeans } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsBody, IsId, IsIds, IsInstant, IsText, IsWhole, ProvenanceBody } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { type Circumstances, Contacts, instantOf, oursIn } from './contacts.js';
import { CLIENT_FACING, engagementPlanCase } from './engagement-plan-case.js';
import { importTouchpoint, type Logging, logTouchpoint, withdrawTouchpoint } from './engagement-plan.touchpoints.js';
import { Touchpoints } from './touchpoints.js';

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
  decide: (plan, command, circumstances) =>
    logTouchpoint(plan, { touchpointId: uuid5(command.context.commandId, 'touchpoint'), provenance: null, ...saidIn(command, circumstances) }, loggingOf(command, circumstances)),
});

/** A contact out of another system, under the id that the import gives it. */
export class ImportTouchpoint extends LogTouchpoint {
  @IsId() touchpointId!: string;
  @IsBody(() => ProvenanceBody) provenance!: ProvenanceBody;
}

export const importTouchpointCase = engagementPlanCase(ImportTouchpoint, 'import-touchpoint', {
  roles: CLIENT_FACING,
  needs: [Contacts, Touchpoints],
  async prepare(command, _plan, [contacts, logged]) {
    await logged.assertNotElsewhere(command.id, command.touchpointId);
    return contacts.circumstancesOf(command);
  },
  decide: (plan, command, circumstances) =>
    importTouchpoint(plan, { touchpointId: command.touchpointId, provenance: { ...command.provenance }, ...saidIn(command, circumstances) }, loggingOf(command, circumstances)),
});

/** Takes an imported contact back. */
export class WithdrawTouchpoint extends AggregateCommand {
  @IsId() touchpointId!: string;
  @IsText(500) reason!: string;
}

export const withdrawTouchpointCase = engagementPlanCase(WithdrawTouchpoint, 'withdraw-touchpoint', {
  roles: CLIENT_FACING,
  decide: (plan, { touchpointId, reason }) => withdrawTouchpoint(plan, touchpointId, reason),
});

function saidIn(command: LogTouchpoint, { on, travel }: Circumstances): Omit<Touchpoint, 'touchpointId' | 'provenance'> {
  const { kind, direction, stakeholderIds = [], note = null, reason = null } = command;
  return { on, kind, direction, stakeholderIds, memberIds: oursIn(command), note, travel, review: null, reason };
}

const loggingOf = ({ occurredAt, context: { actor, now } }: LogTouchpoint, { daysAgo }: Circumstances): Logging => ({
  occurredAt: instantOf(occurredAt),
  now,
  daysAgo,
  isDirector: actor.roles.includes('director'),
});
