// Consumers that come and go: F20.
import { setTimeout as delay } from 'node:timers/promises';
import { kafkaClient } from '../observe/topic.mjs';

const COMES_EVERY_MS = 2_000;
const STORM_MS = 300_000;

export const rebalanceStorm = {
  id: 'F20',
  title: 'consumers join and leave the group every two seconds',
  load: { ratePerSecond: 300 },
  async run(world) {
    const { lab, services } = world;
    const twin = await services.twin('reporting');
    const visits = world.short ? 4 : STORM_MS / COMES_EVERY_MS;
    const until = performance.now() + STORM_MS; // a visit takes longer than it stays: the group is at it twice
    const before = await lab.observer.applied('reporting');
    try {
      for (let i = 0; i < visits && performance.now() < until; i++) {
        await visit(lab, i % 2 === 0 ? 'reporting' : 'opportunities');
        world.fault('member joined and left');
      }
    } finally {
      await twin.kill();
    }
    world.mended();
    world.facts.appliedDuringStorm = (await lab.observer.applied('reporting')) - before;
    world.expect('I10', world.short || world.facts.appliedDuringStorm > 0, 'nothing was applied during the storm');
  },
};

/** A foreign member of the group: it takes partitions away, does nothing with them and leaves. */
async function visit({ kafka, byHand }, service) {
  const consumer = kafkaClient(kafka.brokers).consumer({
    groupId: await byHand.group(service),
    sessionTimeout: 6_000,
    rebalanceTimeout: 5_000,
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [byHand.topic('opportunities')] });
  await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => delay(100) });
  await delay(COMES_EVERY_MS);
  await consumer.disconnect();
}
