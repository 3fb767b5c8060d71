import type { DeadLetter, DeadLetterKind, DeadLetterQuery, RecordedEvent } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { MAJORITY, READ_MS } from './connection.js';
import { DEAD_LETTERS } from './generation-collections.js';

/** A parked event. Kept as JSON text, so that what could not be read elsewhere can at least be kept here. */
export interface DeadLetterDocument {
  readonly _id: string;
  /** `<projection>|<generation>` */
  readonly view: string;
  readonly streamId: string;
  readonly version: number;
  /** Absent in letters of before there were kinds. */
  readonly kind?: DeadLetterKind;
  readonly event: string | null;
  readonly raw: string | null;
  readonly cause: string;
  readonly parkedAt: string;
}

/** Of whatever kind, but not passed over. */
const WAITING = { $ne: 'discarded' } as const;

export const deadLettersOf = (db: mongo.Db): mongo.Collection<DeadLetterDocument> => db.collection<DeadLetterDocument>(DEAD_LETTERS);

export function toDeadLetterDocument(view: string, letter: DeadLetter): DeadLetterDocument {
  const { streamId, version, kind, event, raw, cause, parkedAt } = letter;
  return { _id: `${view}|${streamId}|${version}`, view, streamId, version, kind, event: event && JSON.stringify(event), raw, cause, parkedAt };
}

export function toDeadLetter(projection: string, { streamId, version, kind = 'poison', event, raw, cause, parkedAt }: DeadLetterDocument): DeadLetter {
  return { projection, streamId, version, kind, event: event === null ? null : (JSON.parse(event) as RecordedEvent), raw, cause, parkedAt };
}

/** How many letters wait in each of these views, in their order. */
export async function countLetters(db: mongo.Db, views: readonly string[]): Promise<number[]> {
  const counted = [{ $match: { view: { $in: [...views] }, kind: WAITING } }, { $group: { _id: '$view', letters: { $sum: 1 } } }];
  const groups = await deadLettersOf(db).aggregate<{ _id: string; letters: number }>(counted, { readConcern: MAJORITY, maxTimeMS: READ_MS, batchSize: views.length + 1 }).toArray();
  const letters = new Map(groups.map((group) => [group._id, group.letters]));
  return views.map((view) => letters.get(view) ?? 0);
}

/** The letters of a view that a query asks for. */
export function deadLetterFilter(view: string, { streamId, kind, after }: Omit<DeadLetterQuery, 'limit'>): mongo.Filter<DeadLetterDocument> {
  return {
    view,
    kind: kind ?? WAITING,
    ...(streamId !== undefined && { streamId }),
    ...(after && { $or: [{ streamId: after.streamId, version: { $gt: after.version } }, { streamId: { $gt: after.streamId } }] }),
  };
}
