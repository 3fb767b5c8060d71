// Everything together, for as many acknowledged commands as are asked for: `--commands`.
import { setTimeout as delay } from 'node:timers/promises';

const insertsCommits = (request) => request.includes('insert\0') && request.includes('commits\0');

/** Faults that are over when they resolve. */
const FAULTS = {
  async 'command service killed'({ services }) {
    await services.kill('opportunities');
    await services.up('opportunities');
  },
  async 'relay killed after a send'({ services }) {
    await services.kill('opportunities');
    await services.diesAt('opportunities', 'after-publish=kill@5');
    await services.up('opportunities');
  },
  async 'accounts killed'({ services }) {
    await services.kill('accounts');
    await services.up('accounts');
  },
  async 'projector killed'({ services }) {
    await services.kill('reporting');
    await services.up('reporting');
  },
  async 'mongod killed'({ lab }) {
    await lab.mongo.kill();
    await lab.mongo.start();
  },
  async 'broker killed'({ lab }) {
    await lab.kafka.kill();
    await lab.kafka.start();
  },
  async 'answer of MongoDB lost after an append'({ lab }) {
    await Promise.race([lab.mongoProxy.loseResponse(insertsCommits), delay(5_000)]);
  },
  async 'connections reset'({ lab }) {
    lab.mongoProxy.reset();
    lab.kafkaProxy.reset();
  },
  async 'service frozen'({ services }) {
    const process = services.process('opportunities');
    process.pause();
    await delay(5_000);
    process.resume();
  },
  async 'service drained'({ services }) {
    await services.process('opportunities').stop();
    await services.up('opportunities');
  },
};

export const storm = {
  id: 'STORM',
  title: 'every kind of fault, one after the other, until so many commands are acknowledged',
  frozen: true,
  // Large requests, few incidents: the commands are to be many, and each incident costs three services work.
  load: {
    workers: 6,
    batch: 100,
    hangUps: 0.02,
    ratePerSecond: null,
    shares: [
      ['opportunities', 0.97],
      ['accounts', 0.025],
      ['satisfaction', 0.005],
    ],
  },
  caughtUpWithinMs: 300_000,
  async run(world) {
    const wanted = world.commands ?? 20_000;
    const until = performance.now() + (world.minutes ?? 60) * 60_000;
    const names = Object.keys(FAULTS);
    for (let i = 0; world.counts.acknowledged < wanted && performance.now() < until; i++) {
      await world.moment(8_000, 16_000);
      const name = names[i % names.length];
      world.fault(name);
      await FAULTS[name](world);
      world.lab.mongoProxy.heal();
      world.mended();
      if (i % 5 === 4) world.log(`${world.counts.acknowledged} of ${wanted} commands acknowledged`);
    }
  },
};
