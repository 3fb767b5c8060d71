import type { AnyProjection, BuiltWrite } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { refusing } from './batch-transaction.js';
import { deadLettersOf, toDeadLetterDocument } from './dead-letter-document.js';
import { generationKey, type StampDocument, STAMPS } from './generation-collections.js';
import { collectionsOf, keyOf, type MarksDocument, type RowDocument, toRowDocument } from './row-document.js';

/** Writes what was folded for a generation that does not serve, inside an open transaction. */
export async function writeBuilt(db: mongo.Db, session: mongo.ClientSession, { projection, generation }: { projection: AnyProjection; generation: number }, write: BuiltWrite): Promise<void> {
  const key = keyOf(projection);
  const { rows, marks } = collectionsOf(db, key, generation);
  const options = { session, ordered: false, ignoreUndefined: true };
  const partitions = new Set<string>();
  if (write.rows.size > 0)
    await refusing(() => {
      const operations = [...write.rows].map(([_id, row]): mongo.AnyBulkWriteOperation<RowDocument> => {
        if (!row.row) return { deleteOne: { filter: { _id } } };
        for (const partition of row.partitions) partitions.add(partition);
        const document = toRowDocument(_id, row.row, projection.mirrored ? row.partitions : null);
        return row.isNew ? { insertOne: { document } } : { replaceOne: { filter: { _id }, replacement: document } };
      });
      return rows.bulkWrite(operations, options);
    });
  if (write.marks.size > 0)
    await marks.bulkWrite(
      [...write.marks].map(([_id, { accepted, applied, isNew }]): mongo.AnyBulkWriteOperation<MarksDocument> =>
        isNew ? { insertOne: { document: { _id, accepted, applied } } } : { replaceOne: { filter: { _id }, replacement: { accepted, applied } as MarksDocument } },
      ),
      options,
    );
  const view = generationKey(key, generation);
  if (write.parked.length > 0) await deadLettersOf(db).insertMany(write.parked.map((letter) => toDeadLetterDocument(view, letter)), options);
  // A mirror that turns to this generation looks for the rows of the partitions that it finds stamped.
  const stamped = [...partitions].map((partition) => ({ updateOne: { filter: { _id: `${view}|${partition}` }, update: { $inc: { count: 1 } }, upsert: true } }));
  if (projection.mirrored && stamped.length > 0) await db.collection<StampDocument>(STAMPS).bulkWrite(stamped, { session, ordered: false });
}
