// Kafka that has lost its data, a topic or the place of its readers: F21.

export const brokerWiped = {
  id: 'F21',
  title: 'the broker is wiped, a topic made anew, and offsets reset',
  cycles: { short: 1, full: 3 },
  notices: [{ service: 'opportunities', action: 'relay-rewound' }],
  run(world) {
    const { lab, services } = world;
    const { byHand } = lab;
    return world.cycles(this.cycles, async () => {
      await world.moment(500, 2_000);
      await lab.kafka.kill();
      lab.kafka.wipe();
      world.fault('broker wiped');
      await lab.kafka.start();
      await services.setUp();
      world.mended();
      await world.moment(2_000, 4_000);

      await byHand.deleteTopic('opportunities');
      world.fault('topic deleted');
      await world.moment(500, 1_500);
      await services.setUp();
      world.mended();
      await world.moment(2_000, 4_000);

      for (const to of ['beginning', 'end']) {
        await services.kill('reporting');
        await world.until('the group is empty', async () =>
          byHand.resetOffsets('reporting', 'opportunities', to).then(
            () => true,
            () => false,
          ),
        );
        world.fault(`offsets reset to the ${to}`);
        await services.up('reporting');
        world.mended();
        await world.moment(1_000, 2_000);
      }
    });
  },
};
