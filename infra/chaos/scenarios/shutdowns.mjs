// Services that are asked to end: F27.
import { instant } from '../journal.mjs';
import { Client } from '../load/client.mjs';

const DRAIN_MS = 10_000;

export const shutDown = {
  id: 'F27',
  title: 'a service is asked to end (SIGTERM) under load and drains',
  // A connection per request, as behind a balancer: one that is kept alive may be closed just as the next request is put on it.
  load: { keepAlive: false, batch: 40 },
  cycles: { short: 2, full: 100 },
  async run(world) {
    const { services, lab } = world;
    const probe = new Client({ urls: services.urls, token: lab.tokens.operator, keepAlive: false });
    world.facts.signals = [];
    await world.cycles(this.cycles, async () => {
      await world.moment(300, 1_200);
      // Connections are taken in the order in which they came: whatever was sent before a probe that has its answer is in the process, and not in the kernel's queue.
      const accepted = instant();
      await probe.request('opportunities', { method: 'GET', path: '/health/live', headers: {} });
      const signal = instant();
      world.facts.signals.push({ accepted, signal });
      const ended = services.process('opportunities').stop(DRAIN_MS + 2_000);
      world.fault('SIGTERM');
      const readiness = await lastReadiness(probe);
      world.expect('I7', readiness === 503, `a service that was to end did not say so first: the answer to /health/ready was ${readiness}`);
      const code = await ended;
      const drained = instant() - signal;
      world.expect('I7', code === 0 && drained <= DRAIN_MS, `a service ended with code ${code}, ${Math.round(drained)} ms after SIGTERM`);
      (world.recoveries['SIGTERM -> ended'] ??= []).push(Math.round(drained));
      await services.up('opportunities');
      world.mended();
      await world.load.nextOk('opportunities');
    });
    probe.close();
  },
  /** No request that was under way at a signal failed. */
  check(world, { requests }) {
    let underWay = 0;
    for (const { service, at, ms, error } of requests) {
      if (service !== 'opportunities' || !world.facts.signals.some(({ accepted, signal }) => at - ms < accepted && at >= signal)) continue;
      underWay += 1;
      if (error) world.violations.add('I7', `a request that was under way for ${ms} ms at SIGTERM ended with ${error}`);
    }
    world.facts = { requestsUnderWayAtSignals: underWay };
  },
};

/** What a balancer sees: the first answer that is not 200, or the error. */
async function lastReadiness(probe) {
  for (;;) {
    const { status, error } = await probe.request('opportunities', { method: 'GET', path: '/health/ready', headers: {} });
    if (status !== 200) return status ?? error;
  }
}
