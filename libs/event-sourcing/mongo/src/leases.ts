import type { Clock, Lease, Leases } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import { COMMITS, type CommitDocument } from './commit-document.js';
import { databaseOf, DURABLE, isDuplicateKey, MAJORITY, READ_MS, within } from './connection.js';
import { type LeaseDocument, leasesOf } from './lease-document.js';

const LEASE = 'the lease';

/** Leases in the database of the service, judged by the clock of its server ($$NOW). */
export class MongoLeases implements Leases {
  private readonly db: mongo.Db;
  private readonly leases: mongo.Collection<LeaseDocument>;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    this.db = databaseOf(connection);
    this.leases = leasesOf(this.db);
  }

  async acquire(service: string, holder: string, ttlMs: number): Promise<number | null> {
    const expired = { _id: service, $expr: { $lte: ['$expiresAt', '$$NOW'] } };
    const take = [{ $set: { holder: { $literal: holder }, epoch: { $add: ['$epoch', 1] }, expiresAt: { $add: ['$$NOW', ttlMs] } } }];
    const options = { writeConcern: DURABLE, returnDocument: 'after', projection: { epoch: 1 } } as const;
    const taken = await this.ask(this.leases.findOneAndUpdate(expired, take, options));
    if (taken) return taken.epoch;
    if (await this.ask(this.leases.findOne({ _id: service }, { projection: { _id: 1 }, maxTimeMS: READ_MS }))) return null;
    await this.create(service);
    return this.acquire(service, holder, ttlMs);
  }

  async renew({ service, epoch }: Lease, ttlMs: number, withinMs: number): Promise<boolean> {
    const later = [{ $set: { expiresAt: { $add: ['$$NOW', ttlMs] } } }];
    return (
      (await within(this.clock, LEASE, withinMs, this.leases.updateOne({ _id: service, epoch }, later, { writeConcern: DURABLE })))
        .matchedCount === 1
    );
  }

  async release({ service, holder, epoch }: Lease): Promise<void> {
    await this.ask(this.leases.updateOne({ _id: service, holder, epoch }, { $set: { expiresAt: new Date(0), holder: null } }));
  }

  /** Positions go on after the last one in the log, should the leases of a restored database be gone. */
  private async create(service: string): Promise<void> {
    const commits = this.db.collection<CommitDocument>(COMMITS);
    const last = await this.ask(
      commits.findOne(
        { position: { $gt: 0 } },
        { sort: { position: -1 }, projection: { position: 1, recordedAt: 1 }, readConcern: MAJORITY, maxTimeMS: READ_MS },
      ),
    );
    const position = last?.position ?? 0;
    const recordedAt = last?.recordedAt ?? new Date(0);
    const lease = {
      _id: service,
      epoch: 0,
      holder: null,
      expiresAt: new Date(0),
      assigned: position,
      redo: null,
      recordedAt,
      numbered: position,
      publishedPosition: 0,
    };
    await this.ask(this.leases.insertOne(lease, { writeConcern: DURABLE })).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, LEASE, READ_MS, work);
  }
}
