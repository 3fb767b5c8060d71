import type { BuiltWrite, Marks } from '@keyfold/event-sourcing';
import { behindOf, type Documents } from './generation-comparison.js';
import type { Change, SimulatedServer } from './server.js';
import { lettersOf, marksOf, rowsOf, type ViewDocument, watchMarks } from './views.js';
import type { World } from './world.js';

export interface Place {
  readonly world: World;
  readonly server: SimulatedServer;
  readonly view: string;
}

/** What is written of a generation that does not serve. It has one writer, who knows what is there: MongoDB would refuse to insert it again. */
export function changesOf({ world, server, view }: Place, generation: number, { rows, marks, parked }: BuiltWrite): Change[] {
  const there = (collection: string, written: ReadonlyMap<string, { readonly isNew: boolean }>): string[] =>
    [...written].filter(([id, { isNew }]) => isNew && server.local(collection).has(id)).map(([id]) => id);
  for (const id of [...there(rowsOf(view, generation), rows), ...there(marksOf(view, generation), marks)])
    world.violated(`G8 ${view}: generation ${generation} has ${id}, and is given it as new`);
  const changes = [
    ...[...rows].map(([id, { row }]) => ({ collection: rowsOf(view, generation), id, document: row ?? undefined })),
    ...[...marks].map(([id, { accepted, applied }]) => ({ collection: marksOf(view, generation), id, document: { accepted, applied } })),
    ...parked.map((letter) => ({ collection: lettersOf(view, generation), id: `${letter.streamId}@${letter.version}`, document: letter })),
  ];
  watchMarks(world, server, view, changes);
  return changes;
}

/**
 * Everything of the generations beside those that serve or are fed. A process may come to it late, when others have begun further generations:
 * those above `last` are not its business.
 */
export function removalOfOthers({ server, view }: Place, { serving, fed, last }: ViewDocument): Change[] {
  const gone: Change[] = [];
  for (let generation = 1; generation <= last; generation++) {
    if (generation === serving || generation === fed?.generation) continue;
    for (const collection of [rowsOf, marksOf, lettersOf].map((of) => of(view, generation)))
      for (const id of server.local(collection).keys()) gone.push({ collection, id, document: undefined });
  }
  return gone;
}

/** G8: at the moment of a switch the new generation has accepted whatever the old one has. */
export function watchSwitch({ world, server, view }: Place, { from, to }: { readonly from: number; readonly to: number }): void {
  const [served, claimed] = [from, to].map((each) => server.local<Marks>(marksOf(view, each))) as [Documents<Marks>, Documents<Marks>];
  for (const { streamId, accepted } of behindOf(served, claimed))
    world.violated(
      `G8 ${view}: generation ${to} serves with ${streamId} up to ${accepted}, ${from} had it up to ${served.get(streamId)!.accepted}`,
    );
}
