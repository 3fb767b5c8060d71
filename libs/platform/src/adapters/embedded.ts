import {
  AUDIT_LOG,
  EmbeddedProjectionStore,
  EVENT_LOG,
  InProcessTransport,
  localFeeds,
  openDataFolder,
  PROJECTION_MARKS,
  relayStateInMemory,
  SNAPSHOTS,
  SqliteAuditLog,
  SqliteEventStore,
  SqliteKeyStore,
  SqliteSnapshotStore,
  SqliteVerifyJobs,
  VERIFY_JOBS,
} from '@keyfold/event-sourcing-embedded';
import { type Adapters, type ErasureNotes, hasForgotten, type Retention, systemClock, systemIds } from '@keyfold/event-sourcing-nest';
import { type Config, SERVICES } from '../config.js';
import type { AdapterTools } from './tools.js';
import { AesVault } from '../personal-data/aes-vault.js';
import { AesKeyWrap } from '../personal-data/key-wrap.js';

/**
 * The adapters of services of one process over one data folder, which it locks. Throws DataFolderError.
 * The folder is let go when the last service has closed its adapters.
 */
export function embeddedAdapters(services: readonly string[], config: Pick<Config, 'data' | 'cursorKey' | 'cacheMb' | keyof Retention>, { log, metrics, failpoint }: AdapterTools): Map<string, Adapters> {
  const clock = systemClock;
  const folder = openDataFolder(config.data);
  try {
    const personKeys = SqliteKeyStore.open(folder, (masterKey) => new AesKeyWrap(masterKey));
    const stores = SERVICES.map((service) => new SqliteEventStore(service, folder.database(service, EVENT_LOG), { clock, metrics }));
    const transport = new InProcessTransport(clock);
    const projections = new Map(stores.map(({ service }) => [service, new EmbeddedProjectionStore({ clock, database: folder.database(`${service}-marks`, PROJECTION_MARKS) })]));
    const erasureNotes: ErasureNotes = { noted: async (service, streamId, version) => hasForgotten(projections.get(service)!, streamId, version), spread: async () => undefined };
    const shared = { transport, feeds: localFeeds(stores), vault: new AesVault(personKeys, clock), personKeys, erasureNotes, retention: config, clock, ids: systemIds, log, failpoint, metrics, cursorKey: config.cursorKey };
    let open = services.length;
    const close = async (): Promise<void> => {
      if (--open > 0) return;
      await transport.close();
      folder.close();
    };
    return new Map(
      stores.filter((store) => services.includes(store.service)).map((store) => [
        store.service,
        {
          ...shared,
          store,
          projections: projections.get(store.service)!,
          audit: new SqliteAuditLog(folder.database(`${store.service}-audit`, AUDIT_LOG)),
          verifyJobs: new SqliteVerifyJobs(folder.database(`${store.service}-verifications`, VERIFY_JOBS), clock),
          snapshots: new SqliteSnapshotStore(folder.database(`${store.service}-snapshots`, SNAPSHOTS)),
          cacheBytes: config.cacheMb * 1_000_000,
          volatile: true,
          lead: (work, signal) => work(relayStateInMemory(0, { store, clock }), signal), // the only process there is: always the leader
          close,
        } satisfies Adapters,
      ]),
    );
  } catch (error) {
    folder.close();
    throw error;
  }
}
