import type { DatabaseSync } from 'node:sqlite';
import type { BatchState, BatchWrite, Clock, DeadLetter, DeadLetterQuery, Filter, Marks, Projection, ProjectionStore, RowQuery, View } from '@keyfold/event-sourcing';
import { DurableStates } from './durable-states.js';
import { EmbeddedGenerations, type Slot } from './embedded-generations.js';
import { pick } from './projection-state.js';
import { assertStorable } from './storable.js';

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
  readonly generations: EmbeddedGenerations;

  constructor(private readonly options: EmbeddedProjectionStoreOptions) {
    this.generations = new EmbeddedGenerations(options.clock, options.database && new DurableStates(options.database));
  }

  async prepare(projection: Projection): Promise<void> {
    this.generations.slot(projection);
  }

  async marks(projection: Projection, streamIds: readonly string[]): Promise<Map<string, Marks>> {
    return pick(this.generations.slot(projection).serving.marks, streamIds);
  }

  async transact<Row extends object>(
    projection: Projection<Row>,
    keys: { partition: string; streams: readonly string[]; rows: readonly string[] },
    fold: (state: BatchState<Row>) => BatchWrite<Row>,
  ): Promise<void> {
    const slot = this.generations.slot(projection);
    const { serving } = slot;
    const write = fold({ marks: pick(serving.marks, keys.streams), rows: pick(serving.rows, keys.rows) as Map<string, Row> });
    for (const [id, row] of write.rows) if (row && row !== serving.rows.get(id)) assertStorable(row);
    slot.durable?.write(projection as unknown as Projection, write);
    serving.write(write);
    if (write.marks.size > 0) slot.changed.ring();
  }

  async deadLetters(projection: Projection, query: DeadLetterQuery): Promise<DeadLetter[]> {
    return this.generations.slot(projection).serving.letters(query).slice(0, query.limit);
  }

  async countDeadLetters(projection: Projection, streamId?: string): Promise<number> {
    return this.generations.slot(projection).serving.letters({ streamId }).length;
  }

  async scanRows(projection: Projection, afterId: string, limit: number): Promise<{ id: string; row: object }[]> {
    return this.generations.slot(projection).serving.rowWalk.page(afterId, limit).map(([id, row]) => ({ id, row }));
  }

  async scanMarks(projection: Projection, afterStreamId: string, limit: number): Promise<{ streamId: string; marks: Marks }[]> {
    return this.generations.slot(projection).serving.markWalk.page(afterStreamId, limit).map(([streamId, marks]) => ({ streamId, marks }));
  }

  async built(projection: Projection): Promise<boolean> {
    return this.generations.slot(projection).built;
  }

  async setBuilt(projection: Projection): Promise<void> {
    const slot = this.generations.slot(projection);
    slot.durable?.setBuilt(projection);
    slot.built = true;
  }

  view<Row extends object>(projection: Projection<Row>): View<Row> {
    const slot = this.generations.slot(projection);
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
      await slot.changed.wait(slot.changed.rings, clock, left);
    }
    return true;
  }
}
