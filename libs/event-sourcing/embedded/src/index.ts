export * from './data-folder.js';
export { type DatabaseFormat, DataFolderError } from './database.js';
export { PROJECTION_MARKS } from './durable-states.js';
export * from './embedded-projection-store.js';
export * from './in-process-transport.js';
export * from './local.js';
export { EVENT_LOG, SqliteEventStore, type SqliteEventStoreOptions } from './sqlite-event-store.js';
export { SqliteKeyStore } from './sqlite-key-store.js';
export { SNAPSHOTS, SqliteSnapshotStore } from './sqlite-snapshot-store.js';
