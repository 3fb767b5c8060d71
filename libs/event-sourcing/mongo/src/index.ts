export { createIndexes } from './commit-document.js';
export { openConnection } from './connection.js';
export { MongoEventStore, type MongoEventStoreTools } from './event-store.js';
export { Leadership, type LeadershipTools } from './leadership.js';
export { MongoRelayState } from './relay-state.js';
export { Sequencer } from './sequencer.js';
export { MongoProjectionStore } from './projection-store.js';
