import { type Marks, type Projection, type Rebuild } from '@keyfold/event-sourcing';
import type { Change, SimulatedServer } from './server.js';
import type { World } from './world.js';

/** One document per projection version, as in MongoDB: which generation serves, which one is fed beside it, and the gate that every batch passes. */
export interface ViewDocument {
  readonly serving: number;
  readonly built: boolean;
  /** The highest generation ever begun. */
  readonly last: number;
  readonly fed: { readonly generation: number; readonly positions: Readonly<Record<string, number>> } | null;
  readonly rebuild: Rebuild | null;
  /** Of the claim on `fed`. */
  readonly epoch: number;
  /** Both by the clock of the server, in ms. */
  readonly claimedUntil: number;
  readonly closedUntil: number;
  readonly usedAt: number;
  /** Batches that have asked whether they may be passed over. */
  readonly asked: number;
}

const NEW: ViewDocument = {
  serving: 1,
  built: false,
  last: 1,
  fed: null,
  rebuild: null,
  epoch: 0,
  claimedUntil: 0,
  closedUntil: 0,
  usedAt: 0,
  asked: 0,
};

const VIEWS = 'views';
export const rowsOf = (view: string, generation: number): string => `rows of ${view}#${generation}`;
export const marksOf = (view: string, generation: number): string => `marks of ${view}#${generation}`;
export const lettersOf = (view: string, generation: number): string => `letters of ${view}#${generation}`;
export const viewOf = ({ name, version }: Pick<Projection, 'name' | 'version'>): string => `${name}@${version}`;

/** As on a majority: what it says stays. */
export const durableView = (server: SimulatedServer, view: string): ViewDocument => server.durable<ViewDocument>(VIEWS).get(view) ?? NEW;
/** As on the primary. */
export const localView = (server: SimulatedServer, view: string): ViewDocument => server.local<ViewDocument>(VIEWS).get(view) ?? NEW;
export const servingGeneration = (server: SimulatedServer, view: string): number => durableView(server, view).serving;
export const isClosed = (server: SimulatedServer, view: string): boolean => localView(server, view).closedUntil > server.clock.getTime();
export const changeOf = (view: string, document: ViewDocument): Change => ({ collection: VIEWS, id: view, document });

/** I5: what a reader has seen of a stream is never taken back. */
export function watchMarks(world: World, server: SimulatedServer, view: string, changes: readonly Change[]): void {
  for (const { collection, id, document } of changes) {
    if (!collection.startsWith('marks of')) continue;
    const before = (server.local<Marks>(collection).get(id) ?? { accepted: 0, applied: 0 }) as Marks;
    const { accepted, applied } = document as Marks;
    if (accepted < before.accepted || applied < before.applied)
      world.violated(`I5 ${view}: ${id} went back from ${JSON.stringify(before)} to ${JSON.stringify(document)}`);
  }
}
