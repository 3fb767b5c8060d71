import type { DatabaseSync } from 'node:sqlite';
import type { BatchState, BatchWrite, Clock, DeadLetter, DeadLetterQuery, Filter, Marks, Projection, ProjectionStore, RowQuery, View } from '@keyfold/event-sourcing';
import { DurableStates } from './durable-states.js';
import { ProjectionState } from './projection-state.js';
import { Wakeups } from './wakeups.js';

/** One version of one projection: its serving generation, and who waits for its marks. */
interface Slot {
  serving: ProjectionState;
  built: boolean;
  readonly changed: Wakeups;
  /** Where the state is kept as well; null for a view that is built again at every start. */
  readonly durable: DurableStates | null;
}

export interface EmbeddedProjectionStoreOptions {
  readonly clock: Clock;
  /** Keeps the durable projections (see PROJECTION_MARKS); null keeps everything in memory alone. */
  readonly database: DatabaseSync | null;
}

/**
 * Read models in memory. A transact reads, folds and writes without giving up the thread, so it is atomic and never in conflict.
 * Views are built again from the log at every start; durable projections are on the disk before they are in memory.
 */
export class EmbeddedProjectionStore implements ProjectionStore {
  private readonly slots = new Map<string, Slot>();
  private readonly durable: DurableStates | null;

  constructor(private readonly options: EmbeddedProjectionStoreOptions) {
    this.durable = options.database && new DurableStates(options.database);
  }

  async prepare(projection: Projection): Promise<void> {
    this.slot(projection);
  }

  async marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>> {
    return pick(this.slot(projection).serving.marks, streamIds);
  }

  async transact<Row extends object>(
    projection: Projection<Row>,
    keys: { partition: string; streams: readonly string[]; rows: readonly string[] },
    fold: (state: BatchState<Row>) => BatchWrite<Row>,
  ): Promise<void> {
    const slot = this.slot(projection);
    const { serving } = slot;
    const write = fold({ marks: pick(serving.marks, keys.streams), rows: pick(serving.rows, keys.rows) as Map<string, Row> });
    slot.durable?.write(projection as unknown as Projection, write);
    serving.write(write);
    if (write.marks.size > 0) slot.changed.wake();
  }

  async deadLetters(projection: Projection, query: DeadLetterQuery): Promise<DeadLetter[]> {
    return this.slot(projection).serving.letters(query).slice(0, query.limit);
  }

  async countDeadLetters(projection: Projection, streamId?: string): Promise<number> {
    return this.slot(projection).serving.letters({ streamId }).length;
  }

  async removeDeadLetters(projection: Projection, streamId: string, upToVersion: number): Promise<void> {
    const { durable, serving } = this.slot(projection);
    durable?.removeLetters(projection, streamId, upToVersion);
    serving.removeLetters(streamId, upToVersion);
  }

  async scanRows(projection: Projection, afterId: string, limit: number): Promise<{ id: string; row: object }[]> {
    return this.slot(projection).serving.rowWalk.page(afterId, limit).map(([id, row]) => ({ id, row }));
  }

  async scanMarks(projection: Projection, afterStreamId: string, limit: number): Promise<{ streamId: string; marks: Marks }[]> {
    return this.slot(projection).serving.markWalk.page(afterStreamId, limit).map(([streamId, marks]) => ({ streamId, marks }));
  }

  async built(projection: Projection): Promise<boolean> {
    return this.slot(projection).built;
  }

  async setBuilt(projection: Projection): Promise<void> {
    const slot = this.slot(projection);
    slot.durable?.setBuilt(projection);
    slot.built = true;
  }

  async newGeneration(projection: Projection): Promise<{ store: ProjectionStore; promote(): Promise<void>; discard(): Promise<void> }> {
    const store = new EmbeddedProjectionStore({ clock: this.options.clock, database: null });
    const next = store.slot(projection).serving;
    return {
      store,
      promote: async () => {
        const slot = this.slot(projection);
        slot.durable?.replace(projection, next);
        slot.serving = next;
        slot.changed.wake();
      },
      discard: async () => undefined,
    };
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const slot = this.slot(projection);
    return {
      get: async (id: string) => (slot.serving.rows.get(id) as Row | undefined) ?? null,
      find: async (query: RowQuery) => slot.serving.rows.find(query) as Row[],
      count: async (filter?: Filter) => slot.serving.rows.count(filter),
      all: async () => {
        if (!projection.mirrored) throw new Error(`${projection.name} is not mirrored: its rows are queried, not held`);
        return slot.serving.rows.all() as readonly Row[];
      },
      waitFor: (streamId, version, ms) => this.waitFor(slot, streamId, version, ms),
    };
  }

  private async waitFor(slot: Slot, streamId: string, version: number, ms: number): Promise<boolean> {
    const { clock } = this.options;
    const deadline = clock.now().getTime() + ms;
    while ((slot.serving.marks.get(streamId)?.applied ?? 0) < version) {
      const left = deadline - clock.now().getTime();
      if (left <= 0) return false;
      await slot.changed.sleep(left);
    }
    return true;
  }

  private slot<Row extends object>(of: Projection<Row>): Slot {
    const projection = of as unknown as Projection;
    const key = `${projection.name}@${projection.version}`;
    let slot = this.slots.get(key);
    if (!slot) {
      const durable = projection.durable ? this.durable : null;
      slot = {
        serving: durable?.load(projection) ?? new ProjectionState(projection),
        built: durable?.built(projection) ?? false,
        changed: new Wakeups(this.options.clock),
        durable,
      };
      this.slots.set(key, slot);
    }
    return slot;
  }
}

function pick<T>(from: { get(key: string): T | undefined }, keys: readonly string[]): Map<string, T> {
  const picked = new Map<string, T>();
  for (const key of keys) {
    const value = from.get(key);
    if (value !== undefined) picked.set(key, value);
  }
  return picked;
}
