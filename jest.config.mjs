import { everyPackage } from './jest.preset.mjs';

export default {
  projects: [...everyPackage('jest.config.mjs'), '<rootDir>/tools/jest.config.mjs', '<rootDir>/infra/native/jest.config.mjs', '<rootDir>/infra/bench/jest.config.mjs'],
  // A worker keeps about 20 MB of every spec file that boots Nest.
  workerIdleMemoryLimit: '1GB',
};
