import { type BehindStream, type BeyondLog, type GenerationsComparison, LISTED_STREAMS, type Marks, requiredOf, RowSample } from '@keyfold/event-sourcing';
import type { SimulatedServer } from './server.js';
import { durableView, marksOf, rowsOf } from './views.js';

export type Documents<T extends object = object> = ReadonlyMap<string, T>;

const NONE: Marks = { accepted: 0, applied: 0 };

/** Streams of which the claimed generation has accepted less. */
export const behindOf = (serving: Documents<Marks>, claimed: Documents<Marks>, beyond: BeyondLog = new Map()): BehindStream[] =>
  [...serving]
    .map(([streamId, { accepted }]) => ({ streamId, accepted: (claimed.get(streamId) ?? NONE).accepted, serving: accepted }))
    .filter(({ streamId, accepted, serving: required }) => accepted < requiredOf(beyond, streamId, required))
    .slice(0, LISTED_STREAMS);

export function compareGenerations(server: SimulatedServer, view: string, generation: number, size: number): GenerationsComparison {
  const { serving } = durableView(server, view);
  const ours = { marks: server.durable<Marks>(marksOf(view, serving)), rows: server.durable(rowsOf(view, serving)) };
  const theirs = { marks: server.durable<Marks>(marksOf(view, generation)), rows: server.durable(rowsOf(view, generation)) };
  const unequal = [...new Set([...ours.marks.keys(), ...theirs.marks.keys()])].flatMap((streamId) => {
    const applied = [ours, theirs].map(({ marks }) => (marks.get(streamId) ?? NONE).applied);
    const [from, to] = [Math.min(...applied), Math.max(...applied)];
    return from === to ? [] : [{ streamId, from, to }];
  });
  const sample = new RowSample(size);
  for (const id of [...ours.rows.keys(), ...theirs.rows.keys()]) sample.offer(id);
  const rows = sample.ids().map((id) => ({ id, serving: ours.rows.get(id) ?? null, claimed: theirs.rows.get(id) ?? null }));
  return { behind: behindOf(ours.marks, theirs.marks), unequal: unequal.slice(0, LISTED_STREAMS), rows };
}
