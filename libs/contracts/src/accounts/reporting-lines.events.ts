import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';

/**
 * Who may report to whom, over all maps: the one stream on which reporting lines are claimed before a map says them, so that they never make a circle.
 * `claim` is the version of the event `claimed` on this stream.
 */
export type ReportingLinesEvent =
  | DomainEvent<'accounts.reporting-lines.claimed', { stakeholderId: string; managerId: string | null }>
  /** The map says the line of this claim now; earlier ones of the same person are void. */
  | DomainEvent<'accounts.reporting-lines.told', { stakeholderId: string; claim: ClaimVersion }>
  /** The person departed. */
  | DomainEvent<'accounts.reporting-lines.released', { stakeholderId: string }>;

/** @asType integer */
type ClaimVersion = number;

export const reportingLinesContract = defineContract<ReportingLinesEvent>({
  service: 'accounts',
  name: 'reporting-lines',
  streamPrefix: 'reportinglines',
  events: {
    'accounts.reporting-lines.claimed': { version: 1 },
    'accounts.reporting-lines.told': { version: 1 },
    'accounts.reporting-lines.released': { version: 1 },
  },
});
