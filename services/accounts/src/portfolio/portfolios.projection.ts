import { portfolioContract, type PortfolioEvent } from '@keyfold/contracts';
import { projection } from '@keyfold/event-sourcing';
import { type Assignment, assignmentsAfter, type Handover, handoverAfter } from './portfolio.aggregate.js';

export interface PortfolioRow {
  /** The member's. */
  readonly id: string;
  readonly version: number;
  /** All there ever were, in the order in which they were said. */
  readonly assignments: readonly Assignment[];
  readonly handover: (Handover & { readonly state: 'running' | 'stopped' | 'complete'; readonly startedAt: string }) | null;
}

export const portfolios = projection<PortfolioRow, PortfolioEvent>({
  name: 'portfolios',
  version: 2,
  follows: [portfolioContract],
  fold(row, event, id): PortfolioRow {
    const known = row ?? { id, version: 0, assignments: [], handover: null };
    const handover = handoverAfter(known.handover, event);
    const startedAt = event.type === 'accounts.portfolio.handover-started' ? event.recordedAt : (known.handover?.startedAt ?? event.recordedAt);
    const complete = event.type === 'accounts.portfolio.handed-over' || (known.handover?.state === 'complete' && handover?.attempt === known.handover.attempt && event.type !== 'accounts.portfolio.handover-started');
    return {
      id,
      version: event.version,
      assignments: assignmentsAfter(known.assignments, event),
      handover: handover && { ...handover, startedAt, state: handover.pending.length > 0 ? 'running' : complete ? 'complete' : 'stopped' },
    };
  },
});

/** The accounts of a portfolio at an instant. */
export const heldAt = ({ assignments }: PortfolioRow, instant: string): Assignment[] => assignments.filter(({ from, until }) => from <= instant && (until === null || until > instant));
