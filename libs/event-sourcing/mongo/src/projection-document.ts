import type { Rebuild } from '@keyfold/event-sourcing';

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

export const newDocument: Omit<ProjectionDocument, '_id'> = { serving: 0, built: false, last: 0, fed: null, rebuild: null, epoch: 0, claimedUntil: FREE, gates: 0 };
