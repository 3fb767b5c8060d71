import {
  type BatchState,
  type BatchWrite,
  type DeadLetter,
  type DeadLetterQuery,
  type Filter,
  type Marks,
  type Projection,
  type ProjectionStore,
  type RowQuery,
  Unavailable,
  type View,
} from '@keyfold/event-sourcing';
import { SimulatedGenerations } from './generations.js';
import type { Reply, SimulatedProcess } from './process.js';
import type { Change, SimulatedServer } from './server.js';
import { changeOf, durableView, isClosed, lettersOf, localView, marksOf, rowsOf, servingGeneration, viewOf, watchMarks } from './views.js';

interface Keys {
  readonly partition: string;
  readonly streams: readonly string[];
  readonly rows: readonly string[];
}

/** What a transaction has read: the very documents, so that the commit can tell whether another was faster. */
interface Snapshot {
  readonly generation: number;
  readonly documents: ReadonlyMap<string, object | undefined>;
}

const STORE = 'the projection store';
const READ_MS = 5_000;
const ATTEMPTS = 20;

/**
 * Read models on a simulated server, for one process. A batch is a transaction under snapshot isolation, as in MongoDB: it reads at one moment,
 * and commits if nobody else has written a document that it writes, and the generation that it read still serves. Two requests, and anything may happen between them.
 */
export class SimulatedProjectionStore implements ProjectionStore {
  readonly generations: SimulatedGenerations;

  constructor(
    private readonly server: SimulatedServer,
    private readonly process: SimulatedProcess,
  ) {
    this.generations = new SimulatedGenerations(server, process);
  }

  async prepare(): Promise<void> {}

  marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>> {
    return this.ask('marks', (reply) => {
      const marks = this.durable<Marks>(marksOf, projection);
      reply.answer(new Map(streamIds.flatMap((id) => (marks.has(id) ? [[id, marks.get(id)!]] : []))));
    });
  }

  async transact<Row extends object>(
    projection: Projection<Row>,
    keys: Keys,
    fold: (state: BatchState<Row>) => BatchWrite<Row>,
  ): Promise<void> {
    const view = viewOf(projection as unknown as Projection);
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const snapshot = await this.snapshot(view, keys);
      const write = fold(stateOf<Row>(snapshot, view, keys));
      if (await this.commit(view, snapshot, write)) return;
      await this.process.clock.wait(this.process.world.random.between(0, Math.min(2 ** attempt, 250)));
    }
    throw new Unavailable(STORE);
  }

  private snapshot(view: string, keys: Keys): Promise<Snapshot> {
    return this.ask(`begin on ${view}`, (reply) => {
      const generation = localView(this.server, view).serving;
      const read = (collection: string, ids: readonly string[]): [string, object | undefined][] =>
        ids.map((id) => [`${collection}/${id}`, this.server.local(collection).get(id)]);
      reply.answer({
        generation,
        documents: new Map([...read(marksOf(view, generation), keys.streams), ...read(rowsOf(view, generation), keys.rows)]),
      });
    });
  }

  private commit(view: string, { generation, documents }: Snapshot, { marks, rows, parked, drained }: BatchWrite<object>): Promise<boolean> {
    const changes: Change[] = [
      ...[...rows].map(([id, row]) => ({ collection: rowsOf(view, generation), id, document: row ?? undefined })),
      ...[...marks].map(([id, mark]) => ({ collection: marksOf(view, generation), id, document: mark })),
    ];
    const letters = parked.map((letter) => ({
      collection: lettersOf(view, generation),
      id: `${letter.streamId}@${letter.version}`,
      document: letter,
    }));
    return this.ask(
      `commit on ${view} ${[...marks].map(([id, { accepted, applied }]) => `${id}:${accepted}/${applied}`).join(' ')}`,
      (reply) => {
        const isCurrent = ({ collection, id }: Change): boolean =>
          this.server.local(collection).get(id) === documents.get(`${collection}/${id}`);
        const passes = !isClosed(this.server, view) && localView(this.server, view).serving === generation;
        if (!passes || !changes.every(isCurrent)) return reply.answer(false);
        watchMarks(this.process.world, this.server, view, changes);
        const written = [...changes, ...letters, ...this.leaving(lettersOf(view, generation), drained)];
        if (written.length === 0) return reply.answer(true);
        this.server.whenDurable(this.server.write(written), reply, true);
      },
    );
  }

  deadLetters(projection: Projection, query: DeadLetterQuery): Promise<DeadLetter[]> {
    return this.ask('dead letters', (reply) => reply.answer(this.letters(projection, query).slice(0, query.limit)));
  }

  countDeadLetters(projection: Projection, streamId?: string): Promise<number> {
    return this.ask('count dead letters', (reply) =>
      reply.answer(this.letters(projection, streamId === undefined ? {} : { streamId }).length),
    );
  }

  scanRows(projection: Projection, afterId: string, limit: number): Promise<{ readonly id: string; readonly row: object }[]> {
    return this.ask('scan of rows', (reply) =>
      reply.answer(this.scan(rowsOf, projection, { after: afterId, limit }).map(([id, row]) => ({ id, row }))),
    );
  }

  scanMarks(projection: Projection, afterStreamId: string, limit: number): Promise<{ readonly streamId: string; readonly marks: Marks }[]> {
    return this.ask('scan of marks', (reply) =>
      reply.answer(
        this.scan(marksOf, projection, { after: afterStreamId, limit }).map(([streamId, marks]) => ({ streamId, marks: marks as Marks })),
      ),
    );
  }

  built(projection: Projection): Promise<boolean> {
    return this.ask('is it built', (reply) => reply.answer(durableView(this.server, viewOf(projection)).built));
  }

  setBuilt(projection: Projection): Promise<void> {
    const view = viewOf(projection);
    return this.ask(`${view} is built`, (reply) => {
      const document = { ...localView(this.server, view), built: true };
      this.server.whenDurable(this.server.write([changeOf(view, document)]), reply, undefined);
    });
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const view = viewOf(projection as unknown as Projection);
    const rows = (): Row[] => {
      const documents = this.server.durable<Row>(rowsOf(view, servingGeneration(this.server, view)));
      return [...documents].sort(([a], [b]) => compare(a, b)).map(([, row]) => row);
    };
    const applied = (streamId: string): Promise<number> =>
      this.marks(projection as unknown as Projection, [streamId]).then((marks) => marks.get(streamId)?.applied ?? 0);
    return {
      get: (id) =>
        this.ask(`get of ${view}`, (reply) =>
          reply.answer(this.server.durable<Row>(rowsOf(view, servingGeneration(this.server, view))).get(id) ?? null),
        ),
      find: (query) => this.ask(`find of ${view}`, (reply) => reply.answer(find(rows(), query))),
      count: (filter) =>
        this.ask(`count of ${view}`, (reply) => reply.answer(find(rows(), { limit: Infinity, ...(filter && { filter }) }).length)),
      all: () => this.ask(`all of ${view}`, (reply) => reply.answer(rows())),
      waitFor: async (streamId, version, ms) => {
        const until = this.process.clock.now().getTime() + ms;
        while ((await applied(streamId)) < version) {
          if (this.process.clock.now().getTime() >= until) return false;
          await this.process.clock.wait(20);
        }
        return true;
      },
    };
  }

  private letters(projection: Projection, { streamId, kind, after }: Omit<DeadLetterQuery, 'limit'>): DeadLetter[] {
    const inOrder = (a: DeadLetterQuery['after'] & {}, b: DeadLetterQuery['after'] & {}): number =>
      compare(a.streamId, b.streamId) || a.version - b.version;
    return [...this.durable<DeadLetter>(lettersOf, projection).values()]
      .filter((letter) => (kind === undefined ? letter.kind !== 'discarded' : letter.kind === kind))
      .filter((letter) => (streamId === undefined || letter.streamId === streamId) && (after === undefined || inOrder(letter, after) > 0))
      .sort(inOrder);
  }

  private leaving(collection: string, drained: ReadonlyMap<string, number> = new Map()): Change[] {
    const gone = [...this.server.local<DeadLetter>(collection)].filter(
      ([, { streamId, version, kind }]) => version <= (drained.get(streamId) ?? 0) && kind !== 'discarded',
    );
    return gone.map(([id]) => ({ collection, id, document: undefined }));
  }

  private scan(of: typeof rowsOf, projection: Projection, { after, limit }: { after: string; limit: number }): [string, object][] {
    const behind = [...this.durable<object>(of, projection)].filter(([id]) => id > after);
    return behind.sort(([a], [b]) => compare(a, b)).slice(0, limit);
  }

  private durable<Document extends object>(of: typeof rowsOf, projection: Projection): ReadonlyMap<string, Document> {
    const view = viewOf(projection);
    return this.server.durable<Document>(of(view, servingGeneration(this.server, view)));
  }

  private ask<T>(what: string, work: (reply: Reply<T>) => void): Promise<T> {
    return this.process.request<T>(`${STORE}: ${what}`, READ_MS, (reply) => this.server.serve(reply, () => work(reply)));
  }
}

function stateOf<Row extends object>({ generation, documents }: Snapshot, view: string, keys: Keys): BatchState<Row> {
  const found = <T>(collection: string, ids: readonly string[]): Map<string, T> =>
    new Map(ids.flatMap((id) => (documents.get(`${collection}/${id}`) ? [[id, documents.get(`${collection}/${id}`) as T]] : [])));
  return { marks: found<Marks>(marksOf(view, generation), keys.streams), rows: found<Row>(rowsOf(view, generation), keys.rows) };
}

function find<Row extends object>(rows: readonly Row[], { filter, sort, limit }: Pick<RowQuery, 'filter' | 'sort' | 'limit'>): Row[] {
  const found = rows.filter((row) => !filter || matches(row, filter));
  for (const [field, direction] of Object.entries(sort ?? {}).reverse())
    found.sort((a, b) => direction * compare(valueOf(a, field), valueOf(b, field)));
  return found.slice(0, limit);
}

const valueOf = (row: object, field: string): unknown => (row as Record<string, unknown>)[field];

const compare = (a: unknown, b: unknown): number => ((a as string) < (b as string) ? -1 : (a as string) > (b as string) ? 1 : 0);

function matches(row: object, filter: Filter): boolean {
  return Object.entries(filter).every(([field, condition]) => {
    if (field === '$and') return (condition as Filter[]).every((part) => matches(row, part));
    if (field === '$or') return (condition as Filter[]).some((part) => matches(row, part));
    const value = valueOf(row, field);
    if (typeof condition !== 'object' || condition === null) return (value ?? null) === condition;
    return Object.entries(condition).every(([operator, operand]) => operators[operator]!(value, operand));
  });
}

const operators: Readonly<Record<string, (value: unknown, operand: unknown) => boolean>> = {
  $in: (value, operand) => (operand as unknown[]).includes(value ?? null),
  $nin: (value, operand) => !(operand as unknown[]).includes(value ?? null),
  $ne: (value, operand) => (value ?? null) !== operand,
  $exists: (value, operand) => (value !== undefined) === operand,
  $gt: (value, operand) => value !== undefined && compare(value, operand) > 0,
  $gte: (value, operand) => value !== undefined && compare(value, operand) >= 0,
  $lt: (value, operand) => value !== undefined && compare(value, operand) < 0,
  $lte: (value, operand) => value !== undefined && compare(value, operand) <= 0,
};
