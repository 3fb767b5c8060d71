import type { BehindStream, BeyondLog } from './generations.js';

const NAMED = 20;

/** Of streams that a generation was filled with up to their ends: the marks of the serving one that lie beyond. */
export const movedMarks = (behind: readonly BehindStream[], heads: ReadonlyMap<string, number>): BeyondLog =>
  new Map(behind.filter(({ streamId, serving }) => heads.get(streamId)! < serving).map(({ streamId, serving }) => [streamId, { serving, head: heads.get(streamId)! }]));

/** The first of them, for people. */
export const movedMarksText = (beyond: BeyondLog): string =>
  [...beyond].slice(0, NAMED).map(([streamId, { serving, head }]) => `${streamId} (marked ${serving}, ends at ${head})`).join(' ');
