import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type AggregateContract, EventRegistry, type Fact, type ProcessInput } from '@keyfold/event-sourcing';

/** The life of one aggregate in which `type` comes in the schema version `version`, and everything else in the current one. Upcast, as a fold sees it. */
export interface GoldenStory {
  readonly type: string;
  readonly version: number;
  readonly facts: readonly Fact[];
}

/** What the fold of a story needs of a Decider, whatever its state and its events. */
export interface Folding {
  readonly contract: AggregateContract<never>;
  readonly initial: unknown;
  evolve(state: never, fact: never): unknown;
}

const FROZEN = fileURLToPath(new URL('../../contracts/golden/', import.meta.url));

/** A story for every version of every event type of an aggregate, from the golden payloads that the contracts keep. Events come in the order of the contract. */
export function goldenStories({ contract }: Pick<Folding, 'contract'>, folder = FROZEN): GoldenStory[] {
  const { events } = contract as AggregateContract;
  const registry = new EventRegistry([contract]);
  const factOf = (type: string, schemaVersion: number, version: number): Fact => {
    const golden = JSON.parse(readFileSync(`${folder}/${type}/v${schemaVersion}.json`, 'utf8')) as object;
    const occurredAt = new Date(Date.UTC(2026, 2, version, 9)).toISOString();
    return { type, data: registry.upcast(type, schemaVersion, golden), version, occurredAt, supersedes: [] };
  };
  const versions = Object.entries(events).flatMap(([type, spec]) =>
    Array.from({ length: spec.version }, (_, i) => ({ type, version: i + 1 })),
  );
  return versions.map((told) => ({
    ...told,
    facts: Object.entries(events).map(([type, spec], i) => factOf(type, type === told.type ? told.version : spec.version, i + 1)),
  }));
}

/** The states along a story, the initial one first. */
export function statesAlong({ facts }: GoldenStory, { initial, evolve }: Omit<Folding, 'contract'>): unknown[] {
  const states = [initial];
  for (const fact of facts) states.push(evolve(states.at(-1) as never, fact as never));
  return states;
}

/** A process as the fold of its inputs. */
export const foldingOf = (process: Folding): Folding => ({
  contract: process.contract,
  initial: process.initial,
  evolve: (state, fact: Fact) => (fact.type.endsWith('.received') ? process.evolve(state, fact.data as ProcessInput as never) : state),
});

/** Paths of what a fold left undefined or not a number: an event did not have the field that it took. */
export function holesIn(value: unknown, path = '$'): string[] {
  if (value === undefined || Number.isNaN(value)) return [path];
  if (value === null || typeof value !== 'object') return [];
  return [...(value instanceof Map ? value : Object.entries(value))].flatMap(([name, part]) => holesIn(part, `${path}.${name}`));
}
