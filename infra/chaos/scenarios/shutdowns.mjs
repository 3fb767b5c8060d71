// Services that are asked to end: F27.
import { instant } from '../journal.mjs';

const DRAIN_MS = 10_000;
/** A request that was sent so shortly before the signal may still have lain in the kernel's queue, which nobody had accepted. */
const ON_ITS_WAY_MS = 250;

export const shutDown = {
  id: 'F27',
  title: 'a service is asked to end (SIGTERM) under load and drains',
  // A connection per request, as behind a balancer: one that is kept alive may be closed just as the next request is put on it.
  load: { keepAlive: false, batch: 40 },
  cycles: { short: 2, full: 100 },
  async run(world) {
    const { services } = world;
    world.facts.signals = [];
    await world.cycles(this.cycles, async () => {
      await world.moment(300, 1_200);
      const signal = instant();
      world.facts.signals.push(signal);
      const code = await services.process('opportunities').stop(DRAIN_MS + 2_000);
      world.fault('SIGTERM');
      const drained = instant() - signal;
      world.expect('I7', code === 0 && drained <= DRAIN_MS, `a service ended with code ${code}, ${Math.round(drained)} ms after SIGTERM`);
      (world.recoveries['SIGTERM -> ended'] ??= []).push(Math.round(drained));
      await services.up('opportunities');
      world.mended();
      await world.load.nextOk('opportunities');
    });
  },
  /** No request that was under way at a signal failed. */
  check(world, { requests }) {
    let failed = 0;
    for (const { service, at, ms, error, connected } of requests) {
      const cut = world.facts.signals.some((signal) => at - ms < signal - ON_ITS_WAY_MS && at >= signal);
      if (service !== 'opportunities' || !error || !connected || !cut) continue;
      failed += 1;
      world.violations.add('I7', `a request that was under way for ${ms} ms at SIGTERM ended with ${error}`);
    }
    world.facts = { acceptedRequestsFailed: failed };
  },
};
