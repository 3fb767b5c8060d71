import type { AggregateCommand } from '@keyfold/event-sourcing-nest';
import type { ReportingTime } from '@keyfold/platform';
import { onePerAccount } from '../key-account/one-per-account.js';
import { csrScorecard } from './csr-scorecard.aggregate.js';
import type { Day } from './csr-scorecard.assessments.js';

/** Who keeps the scorecards. */
export const CSR_KEEPERS = ['kam', 'director', 'csr-officer'] as const;
/** Who may let a proposal pass. */
export const CSR_REVIEWERS = ['director', 'csr-officer'] as const;
export const CSR_READERS = ['kam', 'director', 'csr-officer', 'bid-manager', 'legal', 'sales-engineer', 'project-manager', 'auditor', 'bi'] as const;

export const csrScorecardCase = onePerAccount('csr-scorecards', csrScorecard);

/** A day that somebody named, or today. */
export function dayIn(time: ReportingTime, { context: { now } }: AggregateCommand, named: string | null | undefined): Day {
  const today = time.dateOf(now);
  const on = named ?? today;
  return { on, today, start: time.startOfDay(on) };
}
