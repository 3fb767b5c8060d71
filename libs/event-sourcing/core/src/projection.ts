import type { AggregateContract, DomainEvent, RecordedEvent } from './events.js';
import { idOf } from './events.js';
import { history, type HistoryFact, type PointInTime } from './temporal.js';

/** An index of a view: field names, ascending; the row id is appended by the adapter. */
export type ViewIndex = readonly string[];

/**
 * A read model: which events it follows, which row an event touches, and the fold. Pure; rows are plain JSON and never changed in place.
 * Folds must not depend on the order between streams: it differs live, rebuilt and embedded.
 */
export interface Projection<Row extends object = object> {
  /** kebab-case, unique in its service; the name of the collection and of the query path. */
  readonly name: string;
  /** Raised when the fold or the row changes: the new version is built beside the old one from the feeds. */
  readonly version: number;
  /** Aggregates that it follows. Every event of their streams moves the marks, also those that touch no row. */
  readonly follows: readonly AggregateContract[];
  /** Rows that an event touches; must follow from the event alone. */
  rowsOf(event: RecordedEvent): readonly string[];
  /** The row after the event; null deletes it. */
  fold(row: Row | null, event: RecordedEvent, rowId: string): Row | null;
  readonly indexes: readonly ViewIndex[];
  /** Held in memory by its readers, for figures computed over all rows. Keep such rows small. */
  readonly mirrored: boolean;
  /** Marks (and rows) survive a restart in the embedded mode too; for policies and processes. */
  readonly durable: boolean;
}

/** A projection of whatever rows: `any`, because rows are both read and written, so that no other type fits them all. */
export type AnyProjection = Projection<any>;

type Definition<Row extends object, E extends DomainEvent> = {
  name: string;
  version: number;
  follows: readonly AggregateContract<never>[];
  rowsOf?(event: RecordedEvent & E): readonly string[];
  fold(row: Row | null, event: RecordedEvent & E, rowId: string): Row | null;
  indexes?: readonly ViewIndex[];
  mirrored?: boolean;
  durable?: boolean;
};

/** The `rowsOf` of projections in which each stream has one row that no other stream touches, and what that row is called. */
const OWN_ROWS = new WeakMap<Projection['rowsOf'], (streamId: string) => string>();

/** The one row that a stream touches and no other does; null for a projection whose rows are shared out in another way. */
export const rowOfStream = (projection: AnyProjection): ((streamId: string) => string) | null => OWN_ROWS.get(projection.rowsOf) ?? null;

/** Defines a read model. Without `rowsOf` each stream has one row, under the aggregate's id. */
export function projection<Row extends object, E extends DomainEvent = DomainEvent>(definition: Definition<Row, E>): Projection<Row> {
  const follows = definition.follows as readonly AggregateContract[];
  const prefixes = new Map(follows.flatMap((contract) => Object.keys(contract.events).map((type) => [type, contract] as const)));
  const ownRow = (event: RecordedEvent): readonly string[] => [idOf(prefixes.get(event.type)!, event.streamId)];
  if (follows.length === 1) OWN_ROWS.set(ownRow, (streamId) => idOf(follows[0]!, streamId));
  return {
    indexes: [],
    mirrored: false,
    durable: false,
    rowsOf: ownRow,
    ...(definition as unknown as Pick<Projection<Row>, 'name' | 'version' | 'fold'>),
    follows,
  };
}

/** One event of a stream as a temporal view keeps it. */
export type TemporalFact<E extends DomainEvent = DomainEvent> = E extends DomainEvent<infer Type, infer Data>
  ? HistoryFact & { readonly type: Type; readonly data: Data }
  : never;

/** A row that keeps its stream's facts, so that its state can be folded for any date and any known-on time. */
export interface TemporalRow<E extends DomainEvent = DomainEvent> {
  readonly id: string;
  /** The partition key of the stream: the account id, where there is one. */
  readonly key: string;
  /** Position of the last event folded in. */
  readonly position: number;
  readonly facts: readonly TemporalFact<E>[];
}

/** A read model that answers "as it was on D, as we knew it on K" for every D and K. Mirrored: its readers fold all rows in memory. */
export function temporalProjection<E extends DomainEvent>(
  name: string,
  version: number,
  contract: AggregateContract<E>,
  /** Leaves out what no reader of the row asks for (long texts), to keep rows small. */
  slim: (data: E['data'], type: E['type']) => object = (data) => data,
): Projection<TemporalRow<E>> {
  return projection<TemporalRow<E>>({
    name,
    version,
    follows: [contract as AggregateContract<never>],
    mirrored: true,
    indexes: [['key']],
    fold: (row, event) => ({
      id: idOf(contract, event.streamId),
      key: event.partitionKey,
      position: event.position,
      facts: [
        ...(row?.facts ?? []),
        {
          version: event.version,
          type: event.type,
          occurred: Date.parse(event.occurredAt),
          recorded: Date.parse(event.recordedAt),
          ...(event.supersedes.length > 0 && { supersedes: event.supersedes }),
          data: slim(event.data as E['data'], event.type as E['type']),
        } as unknown as TemporalFact<E>,
      ],
    }),
  });
}

/** The state of a temporal row at a point in both times; null when nothing had happened by then. */
export function stateAt<State, E extends DomainEvent>(
  row: TemporalRow<E>,
  point: PointInTime,
  initial: State,
  evolve: (state: State, fact: TemporalFact<E>) => State,
): State | null {
  const facts = history<TemporalFact<E>>(row.facts, point);
  return facts.length === 0 ? null : facts.reduce(evolve, initial);
}
