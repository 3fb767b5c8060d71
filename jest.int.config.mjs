import { everyPackage } from './jest.preset.mjs';

export default { projects: everyPackage('jest.int.config.mjs'), testTimeout: 120_000 };
