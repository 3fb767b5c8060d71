// Processes of Keyfold that are killed: F1, F2, F3, F6.

const KILL = 'kill -9';

/** Kills a service under load, half of the time at a place that a failpoint names, and has it come back. Answers when it died. */
async function killAndReturn(world, name, places) {
  const { services, random } = world;
  const place = random.next() < 0.5 ? random.pick(places) : null;
  if (place) {
    await services.kill(name);
    await services.diesAt(name, `${place}=kill@${1 + random.below(20)}`);
    world.fault(`${KILL} at ${place}`);
  } else {
    await world.moment();
    await services.kill(name);
    world.fault(KILL);
  }
  const diedAt = performance.now();
  await services.up(name);
  world.mended();
  return diedAt;
}

export const commandServiceKilled = {
  id: 'F1',
  title: 'the command service is killed under load',
  cycles: { short: 1, full: 50 },
  run(world) {
    return world.cycles(this.cycles, async () => {
      await killAndReturn(world, 'opportunities', ['before-append', 'after-append']);
      const ready = performance.now();
      await world.load.nextOk('opportunities');
      world.recovered('service ready -> first ok', ready);
    });
  },
};

export const projectorKilled = {
  id: 'F2',
  title: 'a projector is killed, also between its write and its offset',
  cycles: { short: 1, full: 50 },
  run(world) {
    return world.cycles(this.cycles, async () => {
      const diedAt = await killAndReturn(world, 'reporting', ['batch-applied']);
      const applied = () => world.lab.observer.applied('reporting');
      const before = await applied();
      await world.until('reporting processes its partitions again', async () => (await applied()) > before, 90_000);
      world.recovered('consumer killed -> partitions processed again (with Node start)', diedAt);
    });
  },
};

export const relayKilled = {
  id: 'F3',
  title: 'the relay and the sequencer are killed between any two of their writes',
  cycles: { short: 2, full: 50 },
  run(world) {
    return world.cycles(this.cycles, async () => {
      await killAndReturn(world, 'opportunities', ['after-publish', 'sequencer-scanned', 'sequencer-given', 'sequencer-numbered']);
      const { publishedPosition } = (await world.lab.observer.leases()).get('opportunities');
      const up = performance.now();
      await world.until(
        'the relay publishes again',
        async () => (await world.lab.observer.leases()).get('opportunities').publishedPosition > publishedPosition,
      );
      world.recovered('service ready -> relay publishes again', up);
    });
  },
};

export const everythingKilled = {
  id: 'F6',
  title: 'everything is killed at once and comes back in any order',
  cycles: { short: 1, full: 5 },
  run(world) {
    const { lab, services, random } = world;
    const names = ['accounts', 'opportunities', 'satisfaction', 'reporting'];
    return world.cycles(this.cycles, async () => {
      await world.moment();
      await Promise.all([lab.mongo.kill(), lab.kafka.kill(), ...names.map((name) => services.kill(name))]);
      world.fault('everything killed');
      const starts = [() => lab.mongo.start(), () => lab.kafka.start(), ...names.map((name) => () => services.up(name))];
      const began = performance.now();
      await Promise.all(random.shuffled(starts).map((start, i) => world.moment(i * 300, i * 600).then(start)));
      world.mended();
      await world.load.nextOk('opportunities');
      world.recovered('everything cold -> first ok (with Node and server start)', began);
    });
  },
};
