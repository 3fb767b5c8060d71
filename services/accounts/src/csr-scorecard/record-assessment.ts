import { CSR_BASES, CSR_INDICATORS, type CsrBasis } from '@keyfold/contracts';
import { AggregateCommand, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsReal, IsText, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { CSR_KEEPERS, csrScorecardCase, dayIn } from './csr-scorecard-case.js';
import { attachEvidence, recordAssessment, withdrawEvidence } from './csr-scorecard.assessments.js';

const INDICATORS = Object.keys(CSR_INDICATORS);

export class RecordCsrAssessment extends AggregateCommand {
  @IsIn(INDICATORS) indicator!: string;
  @IsIn(CSR_BASES) basis!: CsrBasis;
  @IsReal(0, 100) points!: number;
  @IsOptional() @IsDateOnly() assessedOn?: string;
  @IsOptional() @IsText(2_000) comment?: string | null;
}

export const recordCsrAssessmentCase = csrScorecardCase(RecordCsrAssessment, 'record-assessment', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide(card, command, _prepared, [time]) {
    const { indicator, basis, points, comment = null, assessedOn } = command;
    return recordAssessment(card, { indicator, basis, points, comment }, dayIn(time, command, assessedOn));
  },
});

/** A document that speaks for a question: no document, no points. */
export class AttachCsrEvidence extends AggregateCommand {
  @IsIn(INDICATORS) indicator!: string;
  @IsIn(CSR_BASES) basis!: CsrBasis;
  @IsName(200) title!: string;
  /** Where it is found: an address, a number in an archive. */
  @IsName(500) reference!: string;
  @IsOptional() @IsDateOnly() validUntil?: string | null;
}

export const attachCsrEvidenceCase = csrScorecardCase(AttachCsrEvidence, 'attach-evidence', {
  roles: CSR_KEEPERS,
  needs: [ReportingTime],
  decide: (card, { indicator, basis, title, reference, validUntil = null, context }, _prepared, [time]) =>
    attachEvidence(card, { evidenceId: uuid5(context.commandId, 'evidence'), indicator, basis, title, reference, validUntil }, time.dateOf(context.now)),
});

export class WithdrawCsrEvidence extends AggregateCommand {
  @IsId() evidenceId!: string;
  @IsText(500) reason!: string;
}

export const withdrawCsrEvidenceCase = csrScorecardCase(WithdrawCsrEvidence, 'withdraw-evidence', {
  roles: CSR_KEEPERS,
  decide: (card, { evidenceId, reason }) => withdrawEvidence(card, { evidenceId, reason }),
});
