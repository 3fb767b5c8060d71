import { Batcher, type Bell, type Clock, type Filter, type RowQuery, type View } from '@keyfold/event-sourcing';
import type { mongo } from 'mongoose';
import { MAJORITY, READ_MS, within } from './connection.js';
import { castFilter, castQuery } from './filter.js';
import type { Mirror } from './mirror.js';
import { byId, collectionsOf, type MarksDocument, type RowDocument, toRow } from './row-document.js';

const VIEW = 'the read model';
const FIRST_LOOK_MS = 3;
const LONGEST_LOOK_MS = 50;

const read = { readConcern: MAJORITY, maxTimeMS: READ_MS };

/** The read side of a projection on the driver's collection: filters and sorts are rebuilt from checked parts, pages have a limit, reads have a time limit. */
export class MongoView<Row extends object> implements View<Row> {
  /** A page asks for what its rows name all at once: one request for all of them. */
  private readonly gets = new Batcher<string, Row | null>({ name: VIEW, run: (ids) => this.rowsOf(ids), maxBatch: 1_000, maxWaiting: 10_000 });

  constructor(
    private readonly db: mongo.Db,
    private readonly key: string,
    private readonly generation: () => Promise<number>,
    private readonly tools: { clock: Clock; written: Bell; mirror: Mirror<Row> | null },
  ) {}

  get(id: string): Promise<Row | null> {
    return within(this.tools.clock, VIEW, READ_MS, this.gets.add(id));
  }

  async find(query: RowQuery): Promise<Row[]> {
    const { filter, sort, limit } = castQuery(query);
    return this.ask(async ({ rows }) => (await rows.find(filter, { ...read, sort, limit, batchSize: limit }).toArray()).map((document) => toRow<Row>(document)));
  }

  async count(filter: Filter = {}): Promise<number> {
    const cast = castFilter(filter);
    return this.ask(({ rows }) => rows.countDocuments(cast, read));
  }

  all(): Promise<readonly Row[]> {
    if (!this.tools.mirror) return Promise.reject(new Error(`${this.key} is not mirrored`));
    return this.tools.mirror.all();
  }

  async waitFor(streamId: string, version: number, ms: number): Promise<boolean> {
    const { clock, written } = this.tools;
    const until = clock.now().getTime() + ms;
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(pause * 2, LONGEST_LOOK_MS)) {
      const seen = written.rings;
      const mark = await this.ask(({ marks }) => marks.findOne({ _id: { $eq: streamId } }, read));
      if (mark && mark.applied >= version) return true;
      const left = until - clock.now().getTime();
      if (left <= 0) return false;
      await written.wait(seen, clock, Math.min(pause, left)); // a projection of this process wakes it, others are looked for
    }
  }

  private async rowsOf(ids: readonly string[]): Promise<(Row | null)[]> {
    const wanted = [...new Set(ids.map(String))]; // whatever the types of the caller said, no object reaches the server
    const documents = await this.ask(({ rows }) => byId(rows, wanted, read));
    const found = new Map(documents.map((document) => [document._id, toRow<Row>(document)]));
    return ids.map((id) => found.get(id) ?? null);
  }

  private ask<T>(work: (collections: { rows: mongo.Collection<RowDocument>; marks: mongo.Collection<MarksDocument> }) => Promise<T>): Promise<T> {
    const asked = async (): Promise<T> => work(collectionsOf(this.db, this.key, await this.generation()));
    return within(this.tools.clock, VIEW, READ_MS, asked());
  }
}
