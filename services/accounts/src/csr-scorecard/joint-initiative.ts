import { CSR_PILLARS, type CsrPillar } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsText, IsWhole, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CSR_KEEPERS, csrScorecardCase } from './csr-scorecard-case.js';
import { completeInitiative, launchInitiative } from './csr-scorecard.promises.js';

/** Something that the client and we do together. */
export class LaunchJointInitiative extends AggregateCommand {
  @IsIn(CSR_PILLARS) pillar!: CsrPillar;
  @IsName(200) title!: string;
  @IsText(2_000) goal!: string;
  @IsOptional() @IsDateOnly() endsOn?: string | null;
}

export const launchJointInitiativeCase = csrScorecardCase(LaunchJointInitiative, 'launch-joint-initiative', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide: (card, { pillar, title, goal, endsOn = null, context }, _prepared, [time]) =>
    launchInitiative(card, { initiativeId: uuid5(context.commandId, 'initiative'), pillar, title, goal, endsOn }, time.dateOf(context.now)),
});

export class CompleteJointInitiative extends AggregateCommand {
  @IsId() initiativeId!: string;
  @IsText(2_000) outcome!: string;
  @IsOptional() @IsWhole(0, 1e12) co2eSavedKg?: number | null;
}

export const completeJointInitiativeCase = csrScorecardCase(CompleteJointInitiative, 'complete-joint-initiative', {
  roles: CSR_KEEPERS,
  decide: (card, { initiativeId, outcome, co2eSavedKg = null }) => completeInitiative(card, { initiativeId, outcome, co2eSavedKg }),
});
