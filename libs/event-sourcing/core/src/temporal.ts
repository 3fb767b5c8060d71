/** One event as history keeps it: both times as milliseconds since the epoch. */
export interface HistoryFact {
  readonly version: number;
  readonly occurred: number;
  readonly recorded: number;
  readonly supersedes?: readonly number[];
}

/** A point in both times: what held at the end of business time `asOf`, as it was known at log time `knownOn` (ms since the epoch, both inclusive). */
export interface PointInTime {
  readonly asOf: number;
  readonly knownOn: number;
}

/**
 * History on (D, K): the facts recorded up to K, without those superseded by a correction that was recorded up to K, in (occurred, version) order, up to D.
 * `facts` must be in version order.
 */
export function history<F extends HistoryFact>(facts: readonly F[], { asOf, knownOn }: PointInTime): F[] {
  const known: F[] = [];
  let superseded: Set<number> | null = null;
  for (const fact of facts) {
    if (fact.recorded > knownOn) break; // recorded never decreases with version
    known.push(fact);
    if (fact.supersedes?.length) superseded = new Set([...(superseded ?? []), ...fact.supersedes]);
  }
  const standing = known.filter((fact) => fact.occurred <= asOf && !superseded?.has(fact.version));
  return inOrder(standing) ? standing : standing.sort((a, b) => a.occurred - b.occurred || a.version - b.version);
}

const inOrder = (facts: readonly HistoryFact[]): boolean => facts.every((fact, i) => i === 0 || facts[i - 1]!.occurred <= fact.occurred);
