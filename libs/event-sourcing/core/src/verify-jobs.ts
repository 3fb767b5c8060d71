import type { Verification } from './verify.js';

/** A verification of one read model of a service, or of all one after the other. */
export interface VerifyJob {
  readonly id: string;
  readonly projection: string | null;
  /** `interrupted`: the process that did it is gone. */
  readonly state: 'running' | 'done' | 'failed' | 'interrupted';
  /** RFC 3339 in UTC. */
  readonly startedAt: string;
  /** Commits read of all that are to be read, over all read models. */
  readonly done: number;
  readonly total: number;
  /** The read model in hand. */
  readonly current: string | null;
  readonly results: readonly Verification[];
  readonly error: string | null;
}

/** The verifications of a service, for all its processes: whoever is asked answers for the one that works. The last KEPT_JOBS of them are kept, and none for longer than KEPT_JOB_MS. */
export interface VerifyJobs {
  /** Keeps a new job that is running; false, and nothing is kept, while another one is. Throws Unavailable. */
  start(job: VerifyJob): Promise<boolean>;
  /** Writes how far a job is. One that says that it is running has to say so again within JOB_ALIVE_MS, or it is taken for interrupted. Throws Unavailable. */
  keep(job: VerifyJob): Promise<void>;
  find(id: string): Promise<VerifyJob | null>;
}

export const KEPT_JOBS = 20;
export const KEPT_JOB_MS = 7 * 24 * 3_600_000;
export const JOB_ALIVE_MS = 15_000;
