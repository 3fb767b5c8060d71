import { OWN_COMPANY } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
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

const ofAccount = onePerAccount('csr-scorecards', csrScorecard, (id) => (id === OWN_COMPANY ? null : id));

/** A command on the scorecard of an account, by whoever may edit the account, or on that of our own company. */
export const csrScorecardCase: typeof ofAccount = (type, command, definition) =>
  ofAccount(type, command, {
    ...definition,
    decide(card, told, prepared, needs) {
      assertKeptBy(told);
      return definition.decide(card, told, prepared, needs);
    },
  });

/** What is nobody's is kept by those whom everybody's concerns: directors and the CSR officer. */
function assertKeptBy({ id, scope }: AggregateCommand): void {
  if (id === OWN_COMPANY && !scope.covers(null)) throw new NotFound('csr-scorecard', id);
}

/** A day that somebody named, or today. */
export function dayIn(time: ReportingTime, { context: { now } }: AggregateCommand, named: string | null | undefined): Day {
  const today = time.dateOf(now);
  const on = named ?? today;
  return { on, today, start: time.startOfDay(on) };
}
