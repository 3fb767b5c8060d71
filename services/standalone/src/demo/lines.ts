import { uuid5 } from '@keyfold/event-sourcing-nest';
import { DEMO_TEAM } from '@keyfold/platform';

/** A line of a bulk request (`POST /api/<service>/bulk`). */
export interface Line {
  readonly aggregate: string;
  readonly command: string | null;
  readonly id: string;
  readonly commandId: string;
  readonly body: object;
}

export interface Step {
  readonly service: string;
  /** The demo person who says it; the director when absent. */
  readonly as?: string;
  readonly lines: readonly Line[];
}

const RUN = uuid5('demo', 'run');
export const idOf = (kind: string, key: string | number): string => uuid5('demo', kind, String(key));
export const member = (user: string): string => DEMO_TEAM.find((person) => person.user === user)!.memberId;

/** The command id follows from what is done to what, so that a seeding that was cut off can be done again. */
export const line = (aggregate: string, command: string | null, id: string, body: object): Line => ({
  aggregate,
  command,
  id,
  commandId: uuid5('demo', aggregate, command ?? 'create', id),
  body,
});

/** One of several that do the same to the same thing. */
export const oneOf = (key: string | number, made: Line): Line => ({ ...made, commandId: uuid5(made.commandId, String(key)) });

export const provenance = (entity: string, key: string | number) => ({ source: 'demo', entity, rowKey: String(key), run: RUN });

/** A small generator of uniform numbers: the demo must be the same on every machine. */
export function mulberry32(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
