import { Batcher, type Clock, type Snapshot, type SnapshotStore } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import { databaseOf, within } from './connection.js';

export const SNAPSHOTS = 'snapshots';

type SnapshotDocument = { readonly _id: string } & Omit<Snapshot, 'streamId'>;

const STORE = 'the snapshots';
/** Nobody waits long for a cache: the log has the same. */
const PATIENCE_MS = 1_000;

/** Snapshots beside the log of a service. Neither durable nor majority writes: one that is lost or rolled back costs a fold and nothing else. */
export class MongoSnapshotStore implements SnapshotStore {
  private readonly snapshots: mongo.Collection<SnapshotDocument>;
  private readonly loads: Batcher<string, SnapshotDocument | null>;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    this.snapshots = databaseOf(connection).collection(SNAPSHOTS);
    this.loads = new Batcher({ name: STORE, run: (streams) => this.find(streams), maxBatch: 100, maxWaiting: 10_000 });
  }

  async load(streamId: string, shape: string): Promise<Snapshot | null> {
    const document = await this.loads.add(streamId);
    if (document?.shape !== shape) return null;
    const { _id, ...snapshot } = document;
    return { streamId: _id, ...snapshot };
  }

  async save(snapshots: readonly Snapshot[]): Promise<void> {
    const writes = snapshots.map(({ streamId: _id, ...rest }) => ({ replaceOne: { filter: { _id }, replacement: rest, upsert: true } }));
    await within(this.clock, STORE, PATIENCE_MS, this.snapshots.bulkWrite(writes, { ordered: false, writeConcern: { w: 1 } }));
  }

  private async find(streamIds: readonly string[]): Promise<(SnapshotDocument | null)[]> {
    const query = this.snapshots.find({ _id: { $in: [...new Set(streamIds)] } }, { maxTimeMS: PATIENCE_MS, batchSize: streamIds.length + 1 });
    const found = new Map((await within(this.clock, STORE, PATIENCE_MS, query.toArray())).map((document) => [document._id, document]));
    return streamIds.map((streamId) => found.get(streamId) ?? null);
  }
}
