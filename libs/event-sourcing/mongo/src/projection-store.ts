import { type AnyProjection, Batcher, type BatchKeys, type BatchState, type BatchWrite, Bell, type Clock, type DeadLetter, type DeadLetterQuery, type Marks, type Projection, type ProjectionStore, type View } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import type { Batch } from './batch-group.js';
import { BatchWriter, SMALL } from './batch-writer.js';
import { databaseOf, MAJORITY, READ_MS, within } from './connection.js';
import { countLetters, type DeadLetterDocument, deadLetterFilter, deadLettersOf, toDeadLetter } from './dead-letter-document.js';
import { generationKey } from './generation-collections.js';
import { MongoGenerations } from './generations.js';
import { Mirror } from './mirror.js';
import { FIRST_GENERATION } from './projection-document.js';
import { byId, collectionsOf, keyOf, type MarksDocument, marksOf } from './row-document.js';
import { scanMarks, scanRows } from './scan.js';
import { MongoView } from './view.js';

const STORE = 'the projection store';

/** Read models in the service's database: rows and marks of each generation in collections of their own, written by the BatchWriter. */
export class MongoProjectionStore implements ProjectionStore {
  readonly sharesUpTo = SMALL;
  readonly generations: MongoGenerations;
  private readonly db: mongo.Db;
  /** Rings after each batch that this process has written. */
  private readonly written = new Bell();
  private readonly views = new Map<string, View<object>>();
  private readonly writer: BatchWriter;
  /** Whoever watches all subscribers asks for them all at once: one request. */
  private readonly counts = new Batcher<string, number>({ name: STORE, run: (views) => this.ask(countLetters(this.db, views)), maxBatch: 1_000, maxWaiting: 10_000 });

  constructor(
    connection: Connection,
    /** `claimMs`: how long the builder of a generation may be silent before another takes over; 20 s unless told. */
    private readonly tools: { clock: Clock; claimMs?: number },
  ) {
    this.db = databaseOf(connection);
    this.generations = new MongoGenerations(this.db, tools.clock, tools.claimMs);
    this.writer = new BatchWriter(this.db, this.generations, tools.clock);
  }

  async prepare(projection: Projection): Promise<void> {
    await this.generations.prepare(projection);
  }

  async marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>> {
    const read = async (): Promise<MarksDocument[]> => {
      const generation = projection.durable ? FIRST_GENERATION : await this.generations.serving(projection);
      const { marks } = collectionsOf(this.db, keyOf(projection), generation);
      return byId(marks, streamIds, { readConcern: MAJORITY, maxTimeMS: READ_MS });
    };
    return marksOf(await this.ask(read()));
  }

  async transact<Row extends object>(projection: Projection<Row>, keys: BatchKeys, fold: (state: BatchState<Row>) => BatchWrite<Row>): Promise<void> {
    await this.writer.write(projection as Projection<never> as Projection, { keys, fold: fold as Batch['fold'] });
    this.written.ring();
  }

  async deadLetters(projection: Projection, query: DeadLetterQuery): Promise<DeadLetter[]> {
    const read = async (): Promise<DeadLetterDocument[]> => {
      const filter = deadLetterFilter(generationKey(keyOf(projection), await this.generations.serving(projection)), query);
      return deadLettersOf(this.db).find(filter, { sort: { streamId: 1, version: 1 }, limit: query.limit, readConcern: MAJORITY, maxTimeMS: READ_MS }).toArray();
    };
    return (await this.ask(read())).map((document) => toDeadLetter(projection.name, document));
  }

  async countDeadLetters(projection: Projection, streamId?: string): Promise<number> {
    const view = generationKey(keyOf(projection), await this.ask(this.generations.serving(projection)));
    if (streamId === undefined) return this.counts.add(view);
    return this.ask(deadLettersOf(this.db).countDocuments(deadLetterFilter(view, { streamId }), { readConcern: MAJORITY, maxTimeMS: READ_MS }));
  }

  scanRows(projection: Projection, afterId: string, limit: number): Promise<{ id: string; row: object }[]> {
    return this.ask(this.generations.serving(projection).then((generation) => scanRows(this.db, keyOf(projection), generation, { afterId, limit })));
  }

  scanMarks(projection: Projection, afterStreamId: string, limit: number): Promise<{ streamId: string; marks: Marks }[]> {
    return this.ask(this.generations.serving(projection).then((generation) => scanMarks(this.db, keyOf(projection), generation, { afterId: afterStreamId, limit })));
  }

  async built(projection: Projection): Promise<boolean> {
    return (await this.generations.status(projection)).built;
  }

  setBuilt(projection: Projection): Promise<void> {
    return this.generations.setBuilt(projection);
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const key = keyOf(projection as AnyProjection);
    let view = this.views.get(key) as View<Row> | undefined;
    if (!view) this.views.set(key, (view = this.newView(projection, key)));
    return view;
  }

  private newView<Row extends object>(projection: Projection<Row>, key: string): MongoView<Row> {
    const { db, generations, written } = this;
    const { clock } = this.tools;
    const mirror = projection.mirrored ? new Mirror<Row>(db, key, () => generations.servingForReaders(projection), clock) : null;
    return new MongoView<Row>(db, key, () => generations.servingForReaders(projection), { clock, written, mirror });
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, STORE, READ_MS, work);
  }
}
