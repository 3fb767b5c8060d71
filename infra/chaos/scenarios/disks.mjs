// Disks that are full: F13.
import { tmpdir } from 'node:os';
import { noMounting } from '../disks.mjs';

export const diskFull = {
  id: 'F13',
  title: 'the disk of mongod, then that of the broker, is full, and has space again',
  lab: { diskMegabytes: { mongo: 700, kafka: 250 } },
  leftOut: () => noMounting(tmpdir()),
  async run(world) {
    const { lab, load } = world;
    await world.moment(1_000, 2_000);

    await lab.disks.mongo.fill();
    world.fault('disk of mongod full');
    await load.nextTrouble('opportunities', 180_000);
    await lab.disks.mongo.free();
    await restarted(lab.mongo);
    world.mended();
    const space = performance.now();
    await load.nextOk('opportunities');
    world.recovered('mongod has space -> first ok', space);

    await lab.disks.kafka.fill();
    world.fault('disk of the broker full');
    await world.until('the broker gives up', () => lab.kafka.process.pid === null, 120_000);
    const { acknowledged } = world.counts;
    await load.nextOk('opportunities');
    world.expect('G11', world.counts.acknowledged > acknowledged, 'no command was acknowledged while the broker had no space');
    await lab.disks.kafka.free();
    await restarted(lab.kafka);
    world.mended();
  },
};

/** A server whose disk is full ends itself, or has to be ended: it comes back when there is space. */
async function restarted(server) {
  await server.kill();
  await server.start();
}
