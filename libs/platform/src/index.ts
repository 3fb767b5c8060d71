export * from './config.js';
export * from './time.js';
