export * from './data-folder.js';
export { type DatabaseFormat, DataFolderError } from './database.js';
export * from './in-process-transport.js';
export { EVENT_LOG, SqliteEventStore } from './sqlite-event-store.js';
