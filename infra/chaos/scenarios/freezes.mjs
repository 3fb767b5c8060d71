// Processes that stand still and wake up again, believing that no time has passed: F7.
import { setTimeout as delay } from 'node:timers/promises';

export const frozen = {
  id: 'F7',
  title: 'processes are frozen (SIGSTOP) while another instance takes over, and wake up',
  frozen: true,
  cycles: { short: 1, full: 1 },
  async run(world) {
    const { lab, services, short } = world;
    const lengths = short ? [7_000] : [5_000, 35_000, 90_000];
    // A second instance of each: it takes the lease and the partitions, so that the one that wakes up is a zombie.
    const twins = [await services.twin('opportunities'), await services.twin('reporting')];
    try {
      const targets = [
        ['opportunities', services.process('opportunities')],
        ['reporting', services.process('reporting')],
        ...(short
          ? []
          : [
              ['mongod', lab.mongo.process],
              ['broker', lab.kafka.process],
            ]),
      ];
      for (const length of lengths)
        if (short) await Promise.all(targets.map((target) => freeze(world, target, length)));
        else for (const target of targets) await freeze(world, target, length);
    } finally {
      await Promise.all(twins.map((twin) => twin.kill()));
    }
    world.mended();
  },
};

async function freeze(world, [name, process], length) {
  await world.moment(0, 1_000);
  process.pause();
  world.fault(`${name} frozen for ${length / 1000} s`);
  await delay(length);
  process.resume();
  world.mended();
  await world.moment(500, 2_000);
}
