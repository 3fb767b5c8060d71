export { eventually, within } from '@keyfold/event-sourcing/testing';
export * from './browser.js';
export * from './clock.js';
export { foldingOf, goldenStories, type GoldenStory, holesIn, statesAlong } from './golden.js';
export * from './ids.js';
export * from './ports.js';
export * from './servers.js';
export * from './service-under-test.js';
export { type Direction, TcpProxy } from './tcp-proxy.js';
