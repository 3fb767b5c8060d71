// A read model that is built anew under load, by a process that is killed: F26.

const MODEL = 'opportunity-history';
const BUILT_WITHIN_MS = 180_000;
const UNDER_WAY = ['building', 'catching-up', 'comparing'];

export const rebuildKilled = {
  id: 'F26',
  title: 'a rebuild under load is killed twice in the middle',
  cycles: { short: 1, full: 5 },
  notices: ['rebuild-started', 'rebuild-switched'].map((action) => ({ service: 'reporting', action })),
  run(world) {
    const { lab, services } = world;
    const rebuild = () => lab.client.post('reporting', `/ops/reporting/projections/${MODEL}/rebuild`, {}, lab.tokens.operator);
    const status = async () => (await lab.client.get('reporting', `/ops/reporting/projections/${MODEL}`, lab.tokens.operator)).rebuild;
    const underWay = async () => UNDER_WAY.includes((await status())?.state);
    return world.cycles(this.cycles, async () => {
      for (let i = 0; i < 2; i++) {
        await rebuild();
        await world.until('the rebuild is under way', underWay);
        await world.moment(0, 150);
        await services.kill('reporting');
        world.fault('rebuild killed');
        await services.up('reporting');
      }
      const began = performance.now();
      await rebuild();
      await world.until(
        'the rebuild is done',
        async () => {
          const { state, error } = await status();
          if (state === 'failed') throw new Error(`the rebuild failed: ${error}`);
          return state === 'switched';
        },
        BUILT_WITHIN_MS,
      );
      world.recovered('rebuild', began);
      world.mended();
    });
  },
};
