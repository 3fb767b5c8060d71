/** What the sequencer has to know of an unnumbered commit. */
export interface UnnumberedCommit {
  readonly commitId: string;
  readonly streamId: string;
  readonly expectedVersion: number;
  readonly toVersion: number;
}

const place = (streamId: string, version: number): string => `${version}@${streamId}`;
const startOf = (commit: UnnumberedCommit): string => place(commit.streamId, commit.expectedVersion);
const endOf = (commit: UnnumberedCommit): string => place(commit.streamId, commit.toVersion);

/** Commits that have a predecessor which is not in the scan. */
export function cutOff(scan: readonly UnnumberedCommit[]): UnnumberedCommit[] {
  const ends = new Set(scan.map(endOf));
  return scan.filter((commit) => commit.expectedVersion > 0 && !ends.has(startOf(commit)));
}

/**
 * The commits of a scan that may be numbered now, in the order in which they may be: each comes when its stream predecessor is numbered or stands earlier in the result,
 * apart from that in the order of the scan. `predecessorOpen` are the commits that are cut off from a predecessor which is not numbered either;
 * they and their successors are left for a later scan.
 */
export function numberable(scan: readonly UnnumberedCommit[], predecessorOpen: ReadonlySet<UnnumberedCommit>): UnnumberedCommit[] {
  const ends = new Set(scan.map(endOf));
  const order: UnnumberedCommit[] = [];
  const reached = new Set<string>();
  const waiting = new Map<string, UnnumberedCommit>();
  for (const commit of scan) {
    const isFirst = commit.expectedVersion === 0 || !ends.has(startOf(commit));
    if (isFirst ? predecessorOpen.has(commit) : !reached.has(startOf(commit))) {
      waiting.set(startOf(commit), commit);
      continue;
    }
    for (let next: UnnumberedCommit | undefined = commit; next; next = waiting.get(endOf(next))) {
      order.push(next);
      reached.add(endOf(next));
    }
  }
  return order;
}
