import { existsSync, readFileSync } from 'node:fs';
import { asyncApi, contracts, type EventVersion, versionsOf } from '@keyfold/contracts';
import { Failure } from './failure.js';

/** The frozen schemas lie beside the code of the contracts, in the sources as in an image. */
const SCHEMAS = new URL('../schemas/', import.meta.resolve('@keyfold/contracts'));

export interface ListedEvent {
  readonly type: string;
  /** The version that is written. */
  readonly version: number;
  readonly topic: string;
  readonly streams: string;
}

const listed = (): ListedEvent[] =>
  contracts
    .flatMap(versionsOf)
    .filter(({ current }) => current)
    .map(({ type, version, topic, streams }) => ({ type, version, topic, streams }));

/** The event types as data and as a table. */
export function eventList(): [result: ListedEvent[], text: string] {
  const events = listed();
  const width = (of: (event: ListedEvent) => string): number => Math.max(...events.map((event) => of(event).length));
  const [types, topics] = [width(({ type }) => type), width(({ topic }) => topic)];
  const line = ({ type, version, topic, streams }: ListedEvent): string =>
    `${type.padEnd(types)}  ${versions(version).padEnd(6)}  ${topic.padEnd(topics)}  ${streams}`;
  return [events, events.map(line).join('\n')];
}

const versions = (current: number): string => (current === 1 ? 'v1' : `v1-${current}`);

/** The frozen schema of an event type; of the version that is written when none is named. */
export function schemaOf(type: string, version?: string): object {
  const known = contracts.flatMap(versionsOf).filter((event) => event.type === type);
  if (known.length === 0) throw new Failure(`${type} is not an event type; "keyfold contracts list" says which there are.`);
  const wanted = known.find((event) => (version === undefined ? event.current : String(event.version) === version));
  if (!wanted) throw new Failure(`${type} has no version ${version}; the versions are ${versions(known.length)}.`);
  return frozen(wanted);
}

export const asyncApiDocument = (): object => asyncApi(contracts, (type, version) => frozen({ type, version }));

function frozen({ type, version }: Pick<EventVersion, 'type' | 'version'>): object {
  const file = new URL(`${type}/v${version}.json`, SCHEMAS);
  if (!existsSync(file)) throw new Failure(`the schema of ${type} version ${version} is not installed here`);
  return JSON.parse(readFileSync(file, 'utf8')) as object;
}
