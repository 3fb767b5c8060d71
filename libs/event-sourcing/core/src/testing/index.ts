export * from './commits.js';
export * from './event-store.contract.js';
export * from './eventually.js';
export * from './given.js';
export * from './projection-store.contract.js';
export * from './rows.js';
export * from './tools.js';
export * from './transport.contract.js';
