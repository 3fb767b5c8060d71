// MongoDB and Kafka that are killed, hand over, forget or are away: F4, F5, F22, F23.
import { setTimeout as delay } from 'node:timers/promises';

export const mongodKilled = {
  id: 'F4',
  title: 'mongod is killed and comes back',
  cycles: { short: 1, full: 50 },
  run(world) {
    const { lab, random, short } = world;
    return world.cycles(this.cycles, async () => {
      await world.moment();
      await lab.mongo.kill();
      world.fault('mongod killed');
      await delay(random.between(0, short ? 2_000 : 20_000) * (world.kills ? 0.25 : 1));
      await lab.mongo.start();
      world.mended();
      const listening = performance.now();
      await world.load.nextOk('opportunities');
      world.recovered('mongod listening -> first ok', listening);
    });
  },
};

export const brokerKilled = {
  id: 'F5',
  title: 'the broker is killed and stays away; commands go on',
  load: { ratePerSecond: 200 },
  cycles: { short: 1, full: 1 },
  run(world) {
    const { lab, load, short, kills } = world;
    const awayMs = kills ? 1_500 : short ? 4_000 : 60_000;
    return world.cycles(this.cycles, async () => {
      await world.moment(500, 2_000);
      const { acknowledged } = world.counts;
      await lab.kafka.kill();
      world.fault('broker killed');
      await delay(awayMs);
      await load.nextOk('opportunities');
      world.facts.acknowledgedWithoutBroker = (world.facts.acknowledgedWithoutBroker ?? 0) + world.counts.acknowledged - acknowledged;
      world.expect('G11', world.counts.acknowledged > acknowledged, 'no command was acknowledged while the broker was away');
      await lab.kafka.start();
      world.mended();
    });
  },
  /** What the runner measures from the last mending on. */
  caughtUpMeans: 'broker back -> lag 0',
};

export const producerForgotten = {
  id: 'F22',
  title: 'the broker forgets the producer',
  lab: { kafkaSettings: { 'producer.id.expiration.ms': 1_000, 'producer.id.expiration.check.interval.ms': 500 } },
  load: null,
  cycles: { short: 2, full: 20 },
  run(world) {
    return world.cycles(this.cycles, async (i) => {
      await world.burst(200, { batch: 10, workers: 2 });
      await delay(2_500);
      world.fault('producer ids expired');
      if (i % 3 === 2) {
        await world.lab.kafka.stop();
        await world.lab.kafka.start();
        world.fault('broker restarted');
      }
    });
  },
};

export const primaryLost = {
  id: 'F23',
  title: 'the primary of three steps down, or is killed',
  lab: { nodes: 3 },
  cycles: { short: 1, full: 10 },
  run(world) {
    const { lab } = world;
    return world.cycles(this.cycles, async (i) => {
      await world.moment(1_000, 3_000);
      const primary = await primaryOf(lab);
      const since = performance.now();
      if (i % 2 === 0) {
        await lab.observer.admin.command({ replSetStepDown: 10, secondaryCatchUpPeriodSecs: 5 }).catch(() => undefined);
        world.fault('primary stepped down');
      } else {
        await primary.kill();
        world.fault('primary killed');
      }
      await world.until('another primary is there', async () => (await primaryOf(lab).catch(() => primary)) !== primary, 90_000);
      const elected = performance.now();
      await world.load.nextOk('opportunities');
      world.recovered('primary elected -> first ok', elected);
      world.recovered('primary lost -> first ok', since);
      if (primary.process.pid === null) await primary.start();
      world.mended();
    });
  },
};

async function primaryOf({ mongos, observer }) {
  const { primary } = await observer.admin.command({ hello: 1 });
  return mongos.find(({ host }) => host === primary);
}
