import type { DatabaseSync } from 'node:sqlite';
import { type Clock, JOB_ALIVE_MS, KEPT_JOB_MS, KEPT_JOBS, type VerifyJob, type VerifyJobs } from '@keyfold/event-sourcing';
import { type DatabaseFormat, inTransaction } from './database.js';

/** `body` is the job as JSON; times in ms. What was found may be lost with the machine: it can be found again. */
export const VERIFY_JOBS: DatabaseFormat = {
  version: 1,
  synchronous: 'NORMAL',
  expendable: true,
  schema: 'CREATE TABLE jobs (id TEXT PRIMARY KEY, started_at TEXT NOT NULL, alive_until INTEGER NOT NULL, kept_until INTEGER NOT NULL, running INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID',
};

/** Verifications of one service in a file of the data folder. */
export class SqliteVerifyJobs implements VerifyJobs {
  private readonly sql;

  constructor(
    private readonly database: DatabaseSync,
    private readonly clock: Clock,
    private readonly aliveMs = JOB_ALIVE_MS,
  ) {
    this.sql = {
      running: database.prepare('SELECT id FROM jobs WHERE running = 1 AND alive_until > ? LIMIT 1'),
      find: database.prepare('SELECT alive_until, body FROM jobs WHERE id = ? AND kept_until > ?'),
      write: database.prepare('INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?)'),
      dropOld: database.prepare('DELETE FROM jobs WHERE kept_until <= ? OR id IN (SELECT id FROM jobs ORDER BY started_at DESC LIMIT -1 OFFSET ?)'),
    };
  }

  async start(job: VerifyJob): Promise<boolean> {
    return inTransaction(this.database, () => {
      if (this.sql.running.get(this.now())) return false;
      this.write(job);
      this.sql.dropOld.run(this.now(), KEPT_JOBS);
      return true;
    });
  }

  async keep(job: VerifyJob): Promise<void> {
    this.write(job);
  }

  async find(id: string): Promise<VerifyJob | null> {
    const row = this.sql.find.get(id, this.now());
    if (!row) return null;
    const job = JSON.parse(String(row['body'])) as VerifyJob;
    return job.state === 'running' && Number(row['alive_until']) <= this.now() ? { ...job, state: 'interrupted' } : job;
  }

  private write(job: VerifyJob): void {
    const now = this.now();
    this.sql.write.run(job.id, job.startedAt, now + this.aliveMs, now + KEPT_JOB_MS, job.state === 'running' ? 1 : 0, JSON.stringify(job));
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
