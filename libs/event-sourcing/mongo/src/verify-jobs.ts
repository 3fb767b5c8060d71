import { type Clock, JOB_ALIVE_MS, KEPT_JOB_MS, KEPT_JOBS, type VerifyJob, type VerifyJobs } from '@keyfold/event-sourcing';
import type { Connection, mongo } from 'mongoose';
import { databaseOf, DURABLE, isDuplicateKey, MAJORITY, READ_MS, within } from './connection.js';

/** Times by the server's clock. */
interface JobDocument {
  readonly _id: string;
  readonly job: VerifyJob;
  readonly aliveUntil: Date;
  readonly keptUntil: Date;
}

/** Who runs: one document, so that of two that start at once one finds it taken. */
interface TurnDocument {
  readonly _id: string;
  readonly holder: string;
  readonly aliveUntil: Date;
}

const TURN = 'verification';
const FREE = new Date(0);

const unlessThere = (error: unknown): void => {
  if (!isDuplicateKey(error)) throw error;
};

/** Verifications in the service's database. */
export class MongoVerifyJobs implements VerifyJobs {
  private readonly jobs: mongo.Collection<JobDocument>;
  private readonly turns: mongo.Collection<TurnDocument>;

  constructor(
    connection: Connection,
    private readonly clock: Clock,
    private readonly aliveMs = JOB_ALIVE_MS,
  ) {
    const db = databaseOf(connection);
    this.jobs = db.collection('verifications');
    this.turns = db.collection('turns');
  }

  async start(job: VerifyJob): Promise<boolean> {
    await this.ask(this.turns.updateOne({ _id: TURN }, { $setOnInsert: { holder: job.id, aliveUntil: FREE } }, { upsert: true, writeConcern: DURABLE })).catch(unlessThere);
    const free = { _id: TURN, $expr: { $lte: ['$aliveUntil', '$$NOW'] } };
    const taken = [{ $set: { holder: { $literal: job.id }, aliveUntil: this.later(this.aliveMs) } }];
    if ((await this.ask(this.turns.updateOne(free, taken, { writeConcern: DURABLE }))).matchedCount === 0) return false;
    await this.write(job);
    await this.dropOld();
    return true;
  }

  async keep(job: VerifyJob): Promise<void> {
    await this.write(job);
    const until = job.state === 'running' ? this.later(this.aliveMs) : FREE;
    await this.ask(this.turns.updateOne({ _id: TURN, holder: job.id }, [{ $set: { aliveUntil: until } }], { writeConcern: DURABLE }));
  }

  async find(id: string): Promise<VerifyJob | null> {
    const kept = { _id: { $eq: id }, $expr: { $gt: ['$keptUntil', '$$NOW'] } };
    const projection = { job: 1, isAlive: { $gt: ['$aliveUntil', '$$NOW'] } };
    const found = (await this.ask(this.jobs.findOne(kept, { projection, readConcern: MAJORITY, maxTimeMS: READ_MS }))) as { job: VerifyJob; isAlive: boolean } | null;
    if (!found) return null;
    return found.job.state === 'running' && !found.isAlive ? { ...found.job, state: 'interrupted' } : found.job;
  }

  private async write(job: VerifyJob): Promise<void> {
    const update = [{ $set: { job: { $literal: job }, aliveUntil: this.later(this.aliveMs), keptUntil: this.later(KEPT_JOB_MS) } }];
    await this.ask(this.jobs.updateOne({ _id: job.id }, update, { upsert: true, writeConcern: DURABLE }));
  }

  private async dropOld(): Promise<void> {
    const old = await this.ask(this.jobs.find({}, { sort: { 'job.startedAt': -1 }, skip: KEPT_JOBS, projection: { _id: 1 }, maxTimeMS: READ_MS }).toArray());
    await this.ask(this.jobs.deleteMany({ $or: [{ _id: { $in: old.map(({ _id }) => _id) } }, { $expr: { $lte: ['$keptUntil', '$$NOW'] } }] }));
  }

  private later(ms: number): object {
    return { $add: ['$$NOW', ms] };
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return within(this.clock, 'the verifications', READ_MS, work);
  }
}
