import type { SourceRow } from './read-file.js';
import type { SourceFolder } from './source-folder.js';

/** Rows that wait for each other in a circle are in no wave. */
export const IN_A_CIRCLE = -1;

/**
 * For each action of the files, by plan and key, in which wave it is added: 0 those that wait for none of the file, 1 those that wait for these, and so on.
 * What is not there yet cannot be named.
 */
export async function wavesOfActions(source: SourceFolder): Promise<ReadonlyMap<string, number>> {
  const waits = new Map<string, readonly string[]>();
  for await (const entry of source.rows('actions'))
    if ('row' in entry) waits.set(actionKey(entry.row), entry.row.items('dependsOn').map((key) => keyOf(entry.row.field('plan'), key)));
  const waves = new Map<string, number>();
  for (let wave = 0, left = [...waits.keys()]; left.length > 0; wave++) {
    const ready = left.filter((key) => waits.get(key)!.every((other) => !waits.has(other) || waves.has(other)));
    for (const key of ready.length > 0 ? ready : left) waves.set(key, ready.length > 0 ? wave : IN_A_CIRCLE);
    left = left.filter((key) => !waves.has(key));
  }
  return waves;
}

export const actionKey = (row: Pick<SourceRow, 'key' | 'field'>): string => keyOf(row.field('plan'), row.key);

const keyOf = (plan: string, key: string): string => JSON.stringify([plan, key]);
