import { everyPackage } from './jest.preset.mjs';

export default {
  projects: [...everyPackage('jest.config.mjs'), ...['tools', 'infra/native', 'infra/chaos', 'infra/bench'].map((folder) => `<rootDir>/${folder}/jest.config.mjs`)],
  // A worker keeps about 20 MB of every spec file that boots Nest.
  workerIdleMemoryLimit: '1GB',
};
