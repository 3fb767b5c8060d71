import type { Clock, Ids, Logger } from '@keyfold/event-sourcing';
import { type Connection, mongo } from 'mongoose';
import { COMMITS, type CommitDocument } from './commit-document.js';
import { databaseOf, DURABLE, isDuplicateKey, MAJORITY, READ_MS, within } from './connection.js';
import { type LeaseDocument, leasesOf } from './lease-document.js';

export interface LeadershipTools {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** How long a lease lasts without being renewed; a crashed leader is followed after this time. 4 s unless told. */
  readonly ttlMs?: number;
}

/** Ends when the signal is aborted. */
export type LeadersWork = (epoch: number, signal: AbortSignal) => Promise<void>;

interface Lease {
  readonly service: string;
  readonly holder: string;
  readonly epoch: number;
}

/**
 * One leader per service. Whether a lease has run out is judged by the server's clock alone ($$NOW); the clocks of the processes do not count.
 * A lease is no lock: a paused leader may wake up and write. What it writes must be conditional on its epoch, as the sequencer and the relay state do.
 */
export class Leadership {
  private readonly db: mongo.Db;
  private readonly leases: mongo.Collection<LeaseDocument>;
  private readonly ttlMs: number;

  constructor(
    connection: Connection,
    private readonly tools: LeadershipTools,
  ) {
    this.db = databaseOf(connection);
    this.leases = leasesOf(this.db);
    this.ttlMs = tools.ttlMs ?? 4_000;
  }

  /**
   * Stands for election until `stop` is aborted, and runs `work` whenever it leads. The signal given to `work` is aborted when the lease is lost or could not
   * be renewed in time. When `work` ends or rejects, the lease is given back and the next term begins.
   */
  async lead(service: string, work: LeadersWork, stop: AbortSignal): Promise<void> {
    const { clock, log } = this.tools;
    let unreachable = false;
    while (!stop.aborted) {
      try {
        const holder = this.tools.ids.next();
        const epoch = await this.acquire(service, holder);
        if (epoch !== null) await this.term({ service, holder, epoch }, work, stop);
        unreachable = false;
      } catch (error) {
        if (!unreachable) log.warn('leadership: will go on trying', { service, error: String(error) });
        unreachable = true;
      }
      await clock.wait(this.ttlMs / 8, stop);
    }
  }

  private async acquire(service: string, holder: string): Promise<number | null> {
    const expired = { _id: service, $expr: { $lte: ['$expiresAt', '$$NOW'] } };
    const take = [{ $set: { holder: { $literal: holder }, epoch: { $add: ['$epoch', 1] }, expiresAt: { $add: ['$$NOW', this.ttlMs] } } }];
    const options = { writeConcern: DURABLE, returnDocument: 'after', projection: { epoch: 1 } } as const;
    const taken = await this.ask(this.leases.findOneAndUpdate(expired, take, options));
    if (taken) return taken.epoch;
    if (await this.ask(this.leases.findOne({ _id: service }, { projection: { _id: 1 }, maxTimeMS: READ_MS }))) return null;
    await this.create(service);
    return this.acquire(service, holder);
  }

  /** Positions go on after the last one in the log, should the leases of a restored database be gone. */
  private async create(service: string): Promise<void> {
    const commits = this.db.collection<CommitDocument>(COMMITS);
    const last = await this.ask(commits.findOne({ position: { $gt: 0 } }, { sort: { position: -1 }, projection: { position: 1, recordedAt: 1 }, readConcern: MAJORITY, maxTimeMS: READ_MS }));
    const position = last?.position ?? 0;
    const recordedAt = last?.recordedAt ?? new Date(0);
    const lease = { _id: service, epoch: 0, holder: null, expiresAt: new Date(0), assigned: position, redo: null, recordedAt, numbered: position, publishedPosition: 0 };
    await this.ask(this.leases.insertOne(lease, { writeConcern: DURABLE })).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error;
    });
  }

  private async term({ service, holder, epoch }: Lease, work: LeadersWork, stop: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    this.tools.log.info('leading', { service, epoch });
    const renewals = this.renewUntil(over, service, epoch);
    try {
      await work(epoch, over.signal);
    } catch (error) {
      this.tools.log.error('the work of the leader failed', { service, epoch, error: String(error) });
    } finally {
      stop.removeEventListener('abort', end);
      end();
      await renewals;
      await this.release(service, holder, epoch);
    }
  }

  private async renewUntil(over: AbortController, service: string, epoch: number): Promise<void> {
    const { clock, log } = this.tools;
    const now = (): number => clock.now().getTime();
    for (let renewedAt = now(); !over.signal.aborted; ) {
      await clock.wait(this.ttlMs / 4, over.signal);
      if (over.signal.aborted) return;
      const asked = now();
      try {
        const later = [{ $set: { expiresAt: { $add: ['$$NOW', this.ttlMs] } } }];
        const renewed = await within(clock, 'the lease', this.ttlMs / 2, this.leases.updateOne({ _id: service, epoch }, later, { writeConcern: DURABLE }));
        if (renewed.matchedCount === 1) renewedAt = asked;
        else {
          log.warn('another leader has taken over', { service, epoch });
          over.abort();
        }
      } catch (error) {
        if (now() - renewedAt < this.ttlMs * 0.75) continue;
        log.warn('the lease could not be renewed in time', { service, epoch, error: String(error) });
        over.abort();
      }
    }
  }

  /** Lets the next leader begin at once; the epoch stays. A failure costs the rest of the lease and nothing else. */
  private async release(service: string, holder: string, epoch: number): Promise<void> {
    await this.ask(this.leases.updateOne({ _id: service, holder, epoch }, { $set: { expiresAt: new Date(0), holder: null } })).catch(() => undefined);
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.tools.clock, 'the lease', READ_MS, work);
  }
}
