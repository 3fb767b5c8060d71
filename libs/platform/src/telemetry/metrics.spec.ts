import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MetricsRegistry } from './metrics-registry.js';
import { type MetricsServer, serveMetrics } from './metrics-server.js';

let registry: MetricsRegistry;
beforeEach(() => {
  registry = new MetricsRegistry();
});

describe('measurements', () => {
  it('are shown as Prometheus reads them', () => {
    registry.count('events_applied_total', { projection: 'a' }, 3);
    registry.count('events_applied_total', { projection: 'a' });
    registry.count('events_applied_total', { projection: 'b' });
    registry.set('dead_letters', 7);
    registry.set('dead_letters', 2);
    registry.set('something_new', Infinity, { what: 'a "quoted" \\ \n word', also: 'x' });
    expect(registry.text()).toBe(
      [
        '# HELP keyfold_events_applied_total Events applied.',
        '# TYPE keyfold_events_applied_total counter',
        'keyfold_events_applied_total{projection="a"} 4',
        'keyfold_events_applied_total{projection="b"} 1',
        '# HELP keyfold_dead_letters Dead letters that wait for an operator or for a newer version.',
        '# TYPE keyfold_dead_letters gauge',
        'keyfold_dead_letters 2',
        '# TYPE keyfold_something_new gauge',
        'keyfold_something_new{also="x",what="a \\"quoted\\" \\\\ \\n word"} +Inf',
        '',
      ].join('\n'),
    );
  });

  it('can be read back, and are collected for every look', () => {
    let running = 0;
    registry.onLook(() => registry.set('consumer_running', ++running, { group: 'g' }));
    expect(registry.read('consumer_running')).toEqual([{ labels: { group: 'g' }, value: 1 }]);
    expect(registry.text()).toContain('keyfold_consumer_running{group="g"} 2');
    expect(registry.read('nothing')).toEqual([]);
  });

  it('have a bound: a label with endless values does not fill the memory', () => {
    for (let i = 0; i < 2_500; i++) registry.count('events_applied_total', { projection: String(i) });
    expect(registry.read('events_applied_total')).toHaveLength(2_000);
    expect(registry.read('metrics_series_dropped_total')).toEqual([{ labels: { name: 'events_applied_total' }, value: 500 }]);
  });
});

describe('the metrics port', () => {
  let server: MetricsServer;
  beforeEach(async () => {
    server = await serveMetrics(registry, { host: '127.0.0.1', port: 0 });
  });
  afterEach(() => server.close());

  it('answers GET /metrics, with what the process itself is like, and nothing else', async () => {
    registry.set('dead_letters', 2);
    const answer = await fetch(`http://127.0.0.1:${server.port}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await answer.text();
    for (const line of [/^keyfold_dead_letters 2$/m, /^keyfold_process_heap_used_bytes \d+$/m, /^keyfold_process_event_loop_delay_seconds\{quantile="0.99"\} [\d.e-]+$/m, /^keyfold_process_uptime_seconds [\d.]+$/m]) expect(text).toMatch(line);
    expect((await fetch(`http://127.0.0.1:${server.port}/`)).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${server.port}/metrics`, { method: 'POST' })).status).toBe(404);
  });
});
