import type { Clock, RelayState } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { databaseOf, DURABLE, MAJORITY, READ_MS, within } from './connection.js';
import { type LeaseDocument, leasesOf } from './lease-document.js';

/** How far the relay has got, in the lease document: moved only under the epoch of the leader, and never back. */
export class MongoRelayState implements RelayState {
  private readonly leases: mongo.Collection<LeaseDocument>;

  constructor(
    connection: Connection,
    private readonly service: string,
    readonly epoch: number,
    private readonly clock: Clock,
  ) {
    this.leases = leasesOf(databaseOf(connection));
  }

  async publishedPosition(): Promise<number> {
    const options = { projection: { publishedPosition: 1 }, readConcern: MAJORITY, maxTimeMS: READ_MS };
    const lease = await within(this.clock, 'the relay state', READ_MS, this.leases.findOne({ _id: this.service }, options));
    return lease?.publishedPosition ?? 0;
  }

  async advance(position: number): Promise<boolean> {
    const moved = this.leases.updateOne({ _id: this.service, epoch: this.epoch }, { $max: { publishedPosition: position } }, { writeConcern: DURABLE });
    return (await within(this.clock, 'the relay state', READ_MS, moved)).matchedCount === 1;
  }
}
