export { createIndexes } from './commit-document.js';
export { openConnection } from './connection.js';
export { MongoEventStore, type MongoEventStoreTools } from './event-store.js';
export { MongoKeyStore } from './key-store.js';
export { Leadership, type LeadershipTools, type LeadersWork } from './leadership.js';
export { MongoProjectionStore } from './projection-store.js';
export { MongoRelayState } from './relay-state.js';
export { Sequencer } from './sequencer.js';
export { MongoSnapshotStore } from './snapshot-store.js';
