import { randomUUID } from 'node:crypto';
import type { AuditEntry, AuditLog, Clock, KeptAuditEntry } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import { databaseOf, DURABLE, MAJORITY, READ_MS, within } from './connection.js';

const AUDIT = 'audit';

/** `_id` is `<at>/<uuid>`: the index of the ids is the order of time. */
type AuditDocument = AuditEntry & { readonly _id: string };

/** The audit log in the service's database: what is in it is on the journals of a majority. */
export class MongoAuditLog implements AuditLog {
  private readonly entries: mongo.Collection<AuditDocument>;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
  ) {
    this.entries = databaseOf(connection).collection<AuditDocument>(AUDIT);
  }

  async write(entry: AuditEntry): Promise<void> {
    await this.ask(this.entries.insertOne({ _id: `${entry.at}/${randomUUID()}`, ...entry }, { writeConcern: DURABLE }));
  }

  async read({ limit, before }: { limit: number; before?: string }): Promise<KeptAuditEntry[]> {
    const filter = before === undefined ? {} : { _id: { $lt: before } };
    const found = await this.ask(this.entries.find(filter, { sort: { _id: -1 }, limit, readConcern: MAJORITY, maxTimeMS: READ_MS }).toArray());
    return found.map(({ _id, ...entry }) => ({ id: _id, ...entry }));
  }

  async dropBefore(at: string, limit: number): Promise<number> {
    const found = await this.ask(this.entries.find({ _id: { $lt: at } }, { sort: { _id: 1 }, limit, projection: { _id: 1 }, maxTimeMS: READ_MS }).toArray());
    if (found.length === 0) return 0;
    await this.ask(this.entries.deleteMany({ _id: { $gte: found[0]!._id, $lte: found.at(-1)!._id } }, { writeConcern: DURABLE }));
    return found.length;
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, 'the audit log', READ_MS, work);
  }
}
