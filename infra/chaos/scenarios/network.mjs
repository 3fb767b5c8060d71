// Answers that never arrive, connections that break in the middle: F8.
import { setTimeout as delay } from 'node:timers/promises';

/** A request of the driver that inserts commits. */
const insertsCommits = (request) => request.includes('insert\0') && request.includes('commits\0');
/** A request of kafkajs that produces: its first fields are the length, then the kind, 0. */
const produces = (request) => request.length > 40 && request.readInt16BE(4) === 0 && request.includes('keyfold-');

const LOST_WITHIN_MS = 30_000;

export const answersLost = {
  id: 'F8',
  title: 'answers of MongoDB, Kafka and the services themselves are lost on the way',
  load: { hangUps: 0.05 },
  cycles: { short: 2, full: 40 },
  async run(world) {
    const { mongoProxy, kafkaProxy } = world.lab;
    const { random } = world;
    await world.cycles(this.cycles, async (i) => {
      await happens(world, 'answer of MongoDB lost after an append', mongoProxy.loseResponse(insertsCommits));
      await happens(world, 'answer of Kafka lost after a send', kafkaProxy.loseResponse(produces));
      const [name, proxy] = random.pick([
        ['MongoDB', mongoProxy],
        ['Kafka', kafkaProxy],
      ]);
      await BREAKAGES[i % BREAKAGES.length](world, name, proxy);
      proxy.heal();
      world.mended();
      await world.load.nextOk('opportunities');
    });
  },
};

async function happens(world, what, lost) {
  const happened = await Promise.race([lost.then(() => true), delay(LOST_WITHIN_MS, false)]);
  if (!happened) throw new Error(`${what}: there was nothing to lose within ${LOST_WITHIN_MS / 1000} s`);
  world.fault(what);
}

const BREAKAGES = [
  async (world, name, proxy) => {
    proxy.cutAfter('request', world.random.below(20_000));
    await world.moment(300, 900);
    world.fault(`requests to ${name} cut in the middle`);
  },
  async (world, name, proxy) => {
    proxy.blackhole('response');
    await world.moment(1_000, 3_000);
    proxy.reset();
    world.fault(`answers of ${name} swallowed`);
  },
  async (world, name, proxy) => {
    proxy.halfClose(world.random.pick(['request', 'response']));
    world.fault(`connections to ${name} half closed`);
  },
  async (world, name, proxy) => {
    proxy.delay(world.random.between(20, 300));
    await world.moment(1_000, 3_000);
    world.fault(`${name} slow`);
  },
  async (world, name, proxy) => {
    proxy.reset();
    world.fault(`connections to ${name} reset`);
  },
];
