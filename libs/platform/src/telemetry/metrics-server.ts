import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricsRegistry } from './metrics-registry.js';

export interface MetricsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** `GET /metrics` on a port of its own, for those who scrape: it is outside sign-in and tells numbers only. */
export async function serveMetrics(registry: MetricsRegistry, { host, port }: { host: string; port: number }): Promise<MetricsServer> {
  const stopMeasuring = measureProcess(registry);
  const server = createServer((request, response) => {
    const known = request.url?.split('?')[0] === '/metrics' && (request.method === 'GET' || request.method === 'HEAD');
    if (!known) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('GET /metrics\n');
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(registry.text());
  });
  server.requestTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        stopMeasuring();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const NANOSECONDS = 1e9;

function measureProcess(registry: MetricsRegistry): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  registry.onLook(() => {
    const { heapUsed, rss } = process.memoryUsage();
    registry.set('process_heap_used_bytes', heapUsed);
    registry.set('process_resident_bytes', rss);
    registry.set('process_uptime_seconds', process.uptime());
    for (const quantile of [0.5, 0.99]) registry.set('process_event_loop_delay_seconds', delay.percentile(quantile * 100) / NANOSECONDS, { quantile: String(quantile) });
    delay.reset();
  });
  return () => void delay.disable();
}
