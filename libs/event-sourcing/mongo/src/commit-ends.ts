import type { LastCommit, StreamVersion } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { COMMITS } from './commit-document.js';
import { MAJORITY, READ_MS } from './connection.js';

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
