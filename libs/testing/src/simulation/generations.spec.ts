import { afterEach, beforeEach, describe } from '@jest/globals';
import type { Projection } from '@keyfold/event-sourcing';
import { contractProjection, type ContractRow, describeGenerations, realClock } from '@keyfold/event-sourcing/testing';
import { NO_FAULTS } from './faults.js';
import { SimulatedProcess } from './process.js';
import { SimulatedProjectionStore } from './projection-store.js';
import { Random } from './random.js';
import { SimulatedServer } from './server.js';
import { World } from './world.js';

const FASTER = 10;

/** The promises that the simulation takes for granted are those that every store keeps. Simulated time goes with the real one here, only faster, as the suite waits by that. */
describe('projection store: simulated', () => {
  let store: SimulatedProjectionStore;
  let rows: Projection<ContractRow>;
  let over: boolean;
  let running: Promise<void>;

  beforeEach(() => {
    const world = new World(new Random(1), NO_FAULTS);
    const server = new SimulatedServer(world, 'server', () => []);
    store = new SimulatedProjectionStore(server, new SimulatedProcess(world, 'process', false));
    rows = contractProjection();
    over = false;
    const begun = performance.now();
    const run = async (): Promise<void> => {
      while (!over) {
        await world.run(() => over, (performance.now() - begun) * FASTER);
        await realClock.wait(1);
      }
    };
    running = run();
  });
  afterEach(async () => {
    over = true;
    await running;
  });

  describeGenerations(() => ({ store, rows }));
});
