import type { Clock, RelayPlace, RelayState } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { databaseOf, DURABLE, MAJORITY, READ_MS, within } from './connection.js';
import { type LeaseDocument, leasesOf } from './lease-document.js';

/** How far the relay has got, in the lease document. Every write is conditional on the epoch: a former leader moves nothing, neither forth nor back. */
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

  async load(): Promise<RelayPlace> {
    const options = { projection: { publishedPosition: 1, landmarks: 1 }, readConcern: MAJORITY, maxTimeMS: READ_MS };
    const lease = await this.ask(this.leases.findOne({ _id: this.service }, options));
    const landmarks = Object.entries(lease?.landmarks ?? {}).map(([partition, landmark]) => [Number(partition), landmark] as const);
    return { position: lease?.publishedPosition ?? 0, partitions: new Map(landmarks) };
  }

  /** A write whose answer was lost may still come, even behind a later one. It takes the place back to one that was true when it was written, and that is read back before it is believed. */
  async save({ position, partitions }: RelayPlace): Promise<boolean> {
    const place = { publishedPosition: position, landmarks: Object.fromEntries(partitions) };
    const saved = this.leases.updateOne({ _id: this.service, epoch: this.epoch }, { $set: place }, { writeConcern: DURABLE });
    return (await this.ask(saved)).matchedCount === 1;
  }

  /** Log time is taken from the lease document, and moved to the server's now in the same write: what is given a position after it is recorded later, whatever the server's clock does. */
  async quietUntil(position: number): Promise<string | null> {
    const now = [{ $set: { recordedAt: { $max: ['$recordedAt', '$$NOW'] } } }];
    const options = { returnDocument: 'after', projection: { recordedAt: 1 }, writeConcern: DURABLE } as const;
    const lease = await this.ask(this.leases.findOneAndUpdate({ _id: this.service, epoch: this.epoch, assigned: position }, now, options));
    return lease?.recordedAt.toISOString() ?? null;
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, 'the relay state', READ_MS, work);
  }
}
