export { type SimulatedWrite } from './other-streams.js';
export { type Workload, type Wish } from './client.js';
export { type Faults, NO_FAULTS } from './faults.js';
export { Random } from './random.js';
export { failureOf } from './report.js';
export { type SimulatedCommand, type SimulatedService } from './service.js';
export { type Outcome, simulate, type Simulation } from './simulate.js';
