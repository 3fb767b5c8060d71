export { MongoAuditLog } from './audit-log.js';
export { createIndexes } from './commit-document.js';
export { openConnection } from './connection.js';
export { MongoEventStore, type MongoEventStoreTools } from './event-store.js';
export { MongoKeyStore } from './key-store.js';
export { MongoLeases } from './leases.js';
export { MongoProjectionStore } from './projection-store.js';
export { MongoRelayState } from './relay-state.js';
export { MongoNumbering } from './numbering.js';
