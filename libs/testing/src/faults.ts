// What breaks things, without a test framework: for programs that are no tests themselves.
export { freePort } from './ports.js';
export { ServiceUnderTest } from './service-under-test.js';
export { TcpProxy } from './tcp-proxy.js';
