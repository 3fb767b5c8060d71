export * from './config.js';
export * from './time.js';
export * from './deployment.js';
export * from './access/access.js';
export * from './access/directories.js';
