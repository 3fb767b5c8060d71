import { CSR_PILLARS, type CsrPillar } from '@keyfold/contracts';
import { AggregateCommand, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { endOfBusinessDay, IsDateOnly, IsId, IsName, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Cadences } from '../engagement-plan/cadences.js';
import { CSR_KEEPERS, csrScorecardCase, dayIn } from './csr-scorecard-case.js';
import { csrScorecard } from './csr-scorecard.aggregate.js';
import { keepCommitment, makeCommitment, missCommitment } from './csr-scorecard.promises.js';

export class MakeCommitment extends AggregateCommand {
  @IsIn(CSR_PILLARS) pillar!: CsrPillar;
  /** Who promises it. */
  @IsIn(['client', 'us']) by!: 'client' | 'us';
  @IsName(300) title!: string;
  @IsDateOnly() dueOn!: string;
  @IsOptional() @IsDateOnly() madeOn?: string;
}

export const makeCommitmentCase = csrScorecardCase(MakeCommitment, 'make-commitment', {
  roles: CSR_KEEPERS,
  needs: [Cadences, ReportingTime],
  prepare: ({ id }, _card, [cadences]) => cadences.rulesOf(id),
  decide(card, command, { calendar }, [, time]) {
    const { pillar, by, title, dueOn, madeOn, context } = command;
    const made = { commitmentId: uuid5(context.commandId, 'commitment'), pillar, by, title, dueOn, dueAt: endOfBusinessDay(dueOn, calendar) };
    return makeCommitment(card, made, dayIn(time, command, madeOn));
  },
});

export class KeepCommitment extends AggregateCommand {
  @IsId() commitmentId!: string;
  @IsOptional() @IsDateOnly() keptOn?: string;
  /** Where the document that shows it is found. */
  @IsOptional() @IsName(500) evidence?: string | null;
}

export const keepCommitmentCase = csrScorecardCase(KeepCommitment, 'keep-commitment', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide: (card, command, _prepared, [time]) => keepCommitment(card, { commitmentId: command.commitmentId, evidence: command.evidence ?? null }, dayIn(time, command, command.keptOn)),
});

/** The due day is over. Sent by the timer of that day. */
export class MissCommitment extends AggregateCommand {
  @IsId() commitmentId!: string;
}

export const missCommitmentCase = useCase(MissCommitment, {
  route: 'csr-scorecards/:id/miss-commitment',
  roles: ['service'],
  on: csrScorecard,
  decide: (card, { commitmentId }) => missCommitment(card, commitmentId),
});
