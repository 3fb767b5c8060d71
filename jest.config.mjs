import { folders, packages } from './jest.preset.mjs';

export default {
  projects: [...packages(), ...folders(['tools', 'infra/native', 'infra/chaos', 'infra/bench'], 'spec')],
  // A worker keeps about 20 MB of every spec file that boots Nest.
  workerIdleMemoryLimit: '1GB',
};
