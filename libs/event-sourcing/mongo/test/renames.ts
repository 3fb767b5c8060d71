import { defineContract, EventRegistry, type Feeds, projection, type Projection, type RecordedEvent } from '@keyfold/event-sourcing';
import type { MongoEventStore } from '../src/event-store.js';

export interface Renames {
  readonly id: string;
  /** Stream -> its last version: an event that is missing or counted twice shows. */
  readonly versions: Readonly<Record<string, number>>;
  readonly count: number;
}

const contract = defineContract<never>({ service: 'accounts', name: 'key-account', streamPrefix: 'account', events: { 'accounts.key-account.renamed': { version: 1 } } as never });

export const registry = new EventRegistry([contract]);
export const GROUPS = 40;

const groupOf = (event: RecordedEvent): string => `group-${Number(event.streamId.slice('account-'.length)) % GROUPS}`;

/** A row over many streams, read in whole by its readers. */
export const renames: Projection<Renames> = projection<Renames>({
  name: 'renames',
  version: 1,
  follows: [contract],
  indexes: [['count']],
  mirrored: true,
  rowsOf: (event) => [groupOf(event)],
  fold: (row, event, id) => ({ id, count: (row?.count ?? 0) + 1, versions: { ...row?.versions, [event.streamId]: event.version } }),
});

/** The log of the own service, `page` commits at once at most. */
export const ownFeeds = (store: MongoEventStore, page: number): Feeds => ({
  after: (_service, position, limit) => store.feed(position, Math.min(limit, page)),
  stream: async (_service, streamId, after) => (await store.load(streamId, after)).flatMap((commit) => (commit.position === null ? [] : [commit as never])),
  lastPosition: () => store.lastPosition(),
});
