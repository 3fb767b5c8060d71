import type { Marks, Projection } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';

/** A row as stored: its fields beside the id, and for mirrored views the partitions that have written it. */
export interface RowDocument {
  readonly _id: string;
  readonly _partitions?: readonly string[];
  readonly [field: string]: unknown;
}

export interface MarksDocument {
  readonly _id: string;
  readonly accepted: number;
  readonly applied: number;
}

/** `<name>_v<version>`: what a projection version is called in collection names and keys. */
export const keyOf = (projection: Projection<never> | Projection): string => `${projection.name}_v${projection.version}`;

/** The collections of one generation of a projection. */
export function collectionsOf(db: mongo.Db, key: string, generation: number): { rows: mongo.Collection<RowDocument>; marks: mongo.Collection<MarksDocument> } {
  return { rows: db.collection(`view_${key}_g${generation}`), marks: db.collection(`marks_${key}_g${generation}`) };
}

export function toRow<Row extends object>(document: RowDocument): Row {
  const { _id, _partitions, ...fields } = document;
  return { id: _id, ...fields } as unknown as Row;
}

export class UnstorableRow extends Error {}

export function toRowDocument(id: string, row: object, partitions: readonly string[] | null): RowDocument {
  const { id: own, ...fields } = row as { id?: unknown };
  if (own !== undefined && own !== id) throw new UnstorableRow(`the row ${id} calls itself ${String(own)}`);
  return { _id: id, ...(partitions && { _partitions: partitions }), ...fields };
}

export const marksOf = (documents: readonly MarksDocument[]): Map<string, Marks> => new Map(documents.map(({ _id, accepted, applied }) => [_id, { accepted, applied }]));

/** The documents that there are of so many ids, in no order: one request, and one answer. */
export async function byId<Document extends { readonly _id: string }>(collection: mongo.Collection<Document>, ids: readonly string[], options: mongo.FindOptions): Promise<mongo.WithId<Document>[]> {
  if (ids.length === 0) return [];
  const filter = { _id: { $in: [...ids] } } as unknown as mongo.Filter<Document>;
  return collection.find(filter, { ...options, batchSize: ids.length + 1 }).toArray();
}
