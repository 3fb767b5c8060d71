import type { AnyProjection, Rebuild } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { MAJORITY, READ_MS } from './connection.js';
import { byId, keyOf } from './row-document.js';

/** One document per projection version. What others must not miss of it is changed under its epoch, or in a transaction. */
export interface ProjectionDocument {
  /** `<name>_v<version>` */
  readonly _id: string;
  /** The generation whose collections readers see. The gates say the same. */
  readonly serving: number;
  /** False until the serving generation was once built. */
  readonly built: boolean;
  /** The highest generation ever begun: a number is not used again. */
  readonly last: number;
  /** The generation beside it (the serving one itself as long as it is not built), and how far the logs have been fed to it. */
  readonly fed: { readonly generation: number; readonly positions: Readonly<Record<string, number>> } | null;
  readonly rebuild: Rebuild | null;
  /** Of the claim on `fed`; only grows. */
  readonly epoch: number;
  /** By the server's clock. */
  readonly claimedUntil: Date;
  /** When a process that runs this version said so last, by the server's clock. */
  readonly usedAt?: Date;
  /** Gates that were made; see Gates.ensure. */
  readonly gates: number;
}

export const FREE = new Date(0);

/** The only one of whatever is never rebuilt. */
export const FIRST_GENERATION = 0;

export const newDocument: Omit<ProjectionDocument, '_id'> = { serving: FIRST_GENERATION, built: false, last: 0, fed: null, rebuild: null, epoch: 0, claimedUntil: FREE, gates: 0 };

/** The documents of so many projections, in their order; null where there is none. */
export async function documentsOf(projections: mongo.Collection<ProjectionDocument>, keys: readonly string[]): Promise<(ProjectionDocument | null)[]> {
  const documents = new Map((await byId(projections, keys, { readConcern: MAJORITY, maxTimeMS: READ_MS })).map((document) => [document._id, document]));
  return keys.map((key) => documents.get(key) ?? null);
}

export function found(projection: AnyProjection, document: ProjectionDocument | null): ProjectionDocument {
  if (!document) throw new Error(`projection ${keyOf(projection)} is not prepared in this database`);
  return document;
}
