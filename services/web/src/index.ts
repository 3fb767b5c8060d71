export { startWeb, type WebOptions } from './server/web.js';
