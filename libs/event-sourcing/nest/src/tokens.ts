import type { AuditLog, Clock, CommandSender, EventStore, Failpoint, Feeds, Ids, KeyStore, Logger, Metrics, ProjectionStore, RelayState, SnapshotStore, Transport, Vault, VerifyJobs } from '@keyfold/event-sourcing';
import type { ErasureNotes } from './erasure.js';
import type { Retention } from './housekeeping.js';

export const CLOCK = Symbol('Clock');
export const IDS = Symbol('Ids');
export const STORE = Symbol('EventStore');
export const PROJECTIONS = Symbol('ProjectionStore');
export const ADAPTERS = Symbol('Adapters');
export const SERVICE = Symbol('ServiceDefinition');

/** What one service runs on: the embedded or the distributed adapters, chosen by configuration alone. */
export interface Adapters {
  readonly store: EventStore;
  readonly projections: ProjectionStore;
  readonly snapshots: SnapshotStore;
  /** Memory that the cached states of aggregates may take, in bytes. */
  readonly cacheBytes: number;
  readonly transport: Transport;
  readonly feeds: Feeds;
  readonly vault: Vault;
  /** Keys of the persons whom this service owns. */
  readonly personKeys: KeyStore;
  readonly erasureNotes: ErasureNotes;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly failpoint: Failpoint;
  readonly metrics: Metrics;
  readonly audit: AuditLog;
  readonly verifyJobs: VerifyJobs;
  readonly retention: Retention;
  /** True where neither views nor topics survive a restart: everything is built again from the log before the service is ready. */
  readonly volatile: boolean;
  /** Key of the signed cursors. */
  readonly cursorKey: Uint8Array;
  /**
   * Leads the service's log for as long as the signal allows: numbers commits (where the store does not do it in the append) and runs `work`
   * for each term of leadership, with the relay's state under the term's epoch. `work`'s signal is aborted when the term ends.
   */
  lead(work: (relay: RelayState, term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export type { CommandSender };
