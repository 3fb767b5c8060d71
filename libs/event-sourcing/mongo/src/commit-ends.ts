import type { mongo } from 'mongoose';
import { COMMITS } from './commit-document.js';
import { MAJORITY, READ_MS } from './connection.js';

export interface StreamVersion {
  readonly streamId: string;
  readonly version: number;
}

export interface LastCommit extends StreamVersion {
  readonly toVersion: number;
  readonly sequenced: boolean;
}

/** For each pair the last commit of the stream that starts before the version, one index seek each, in one request. Pairs without one are left out. */
export async function lastCommitsBefore(db: mongo.Db, pairs: readonly StreamVersion[]): Promise<LastCommit[]> {
  const isBefore = { $and: [{ $eq: ['$streamId', '$$streamId'] }, { $lt: ['$expectedVersion', '$$version'] }] };
  const lastBefore = [
    { $match: { $expr: isBefore } },
    { $sort: { streamId: -1, expectedVersion: -1 } },
    { $limit: 1 },
    { $project: { _id: 0, toVersion: 1, sequenced: 1 } },
  ];
  const lookup = { from: COMMITS, let: { streamId: '$streamId', version: '$version' }, pipeline: lastBefore, as: 'last' };
  const rows = db.aggregate(
    // $literal: a stream name that starts with $ is no field path
    [{ $documents: { $literal: pairs.map(({ streamId, version }) => ({ streamId, version })) } }, { $lookup: lookup }, { $unwind: '$last' }],
    { readConcern: MAJORITY, maxTimeMS: READ_MS },
  );
  return (await rows.toArray()).map(({ streamId, version, last }) => ({ streamId, version, ...last }) as LastCommit);
}

/**
 * Ends of commits that this process has seen: per stream the latest. That a commit ends at a version is true for ever once it was read with majority,
 * so the memory never goes stale; it only goes incomplete, and then the log is asked.
 */
export class KnownEnds {
  private readonly ends = new Map<string, number>();

  constructor(private readonly limit: number) {}

  has(streamId: string, version: number): boolean {
    return version === 0 || this.ends.get(streamId) === version;
  }

  add(streamId: string, version: number): void {
    this.ends.delete(streamId);
    this.ends.set(streamId, version);
    if (this.ends.size > this.limit) this.ends.delete(this.ends.keys().next().value!);
  }
}
