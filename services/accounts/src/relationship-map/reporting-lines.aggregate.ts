import { type ReportingLinesEvent, reportingLinesContract } from '@keyfold/contracts';
import { decider, DomainError, ignored } from '@keyfold/event-sourcing';
import { type Buckets, entryOf, withEntry, withoutEntry } from '../reservation/buckets.js';

/*
 * Reporting lines are acyclic over all accounts of a group, also under concurrency (domain.md 4.2).
 *
 * Why one stream for everybody and not one per group: groups are attached to others and merged, and a circle can only be seen where all its lines are. Lines change rarely.
 * Why it holds: a line is claimed here before a map says it, and told here once the map has. Until then both count, the line that stands and those claimed; the graph of all of them is
 * acyclic, because a claim that would close a circle is refused on the stream that holds the rest. A map says only claimed lines, and of one person's the latest claim whatever the
 * order of arrival, so that what the maps say is always a part of this graph. A command that is cut off between claim and map leaves a line too many here: the judge is stricter
 * until the command is repeated, or another line of the same person is told, and never wrong.
 */

interface Lines {
  /** As the map says. */
  readonly standing: string | null;
  /** Claimed and not told, by the version of the claim. */
  readonly claims: readonly { readonly managerId: string | null; readonly claim: number }[];
}

/** By person. */
export type ReportingLines = Buckets<Lines>;

/** The id of the one stream. */
export const EVERYBODY = 'all';

const NONE: Lines = { standing: null, claims: [] };

const linesOf = (state: ReportingLines, id: string): Lines => entryOf(state, id) ?? NONE;

export const reportingLines = decider<ReportingLines, ReportingLinesEvent>({
  contract: reportingLinesContract,
  initial: [],
  snapshotVersion: 1,
  evolve(state, fact): ReportingLines {
    const { stakeholderId } = fact.data;
    const lines = linesOf(state, stakeholderId);
    switch (fact.type) {
      case 'accounts.reporting-lines.claimed':
        return withEntry(state, stakeholderId, { ...lines, claims: [...lines.claims, { managerId: fact.data.managerId, claim: fact.version }] });
      case 'accounts.reporting-lines.told': {
        const told = lines.claims.find(({ claim }) => claim === fact.data.claim);
        return withEntry(state, stakeholderId, { standing: told ? told.managerId : lines.standing, claims: lines.claims.filter(({ claim }) => claim > fact.data.claim) });
      }
      case 'accounts.reporting-lines.released':
        return withoutEntry(state, stakeholderId);
      default:
        return ignored(state, fact);
    }
  },
});

const managersOf = (state: ReportingLines, id: string): string[] => {
  const { standing, claims } = linesOf(state, id);
  return [standing, ...claims.map(({ managerId }) => managerId)].filter((managerId) => managerId !== null);
};

/** Asked only where the map does not say this line already. `managerId` null: reports to nobody. */
export function claimLine(state: ReportingLines, stakeholderId: string, managerId: string | null): ReportingLinesEvent[] {
  if (managerId !== null && isAbove(state, stakeholderId, managerId)) throw new DomainError('reporting-line-cycle');
  return [{ type: 'accounts.reporting-lines.claimed', data: { stakeholderId, managerId } }];
}

export const tellLine = (state: ReportingLines, stakeholderId: string, claim: number): ReportingLinesEvent[] =>
  linesOf(state, stakeholderId).claims.some((one) => one.claim <= claim) ? [{ type: 'accounts.reporting-lines.told', data: { stakeholderId, claim } }] : [];

export function releaseLines(state: ReportingLines, stakeholderId: string): ReportingLinesEvent[] {
  const { standing, claims } = linesOf(state, stakeholderId);
  return standing === null && claims.length === 0 ? [] : [{ type: 'accounts.reporting-lines.released', data: { stakeholderId } }];
}

/** Whether the one is the other, or above, by any line that stands or may. */
function isAbove(state: ReportingLines, above: string, id: string): boolean {
  const seen = new Set([id]);
  for (const one of seen) {
    if (one === above) return true;
    for (const manager of managersOf(state, one)) seen.add(manager);
  }
  return false;
}
