import { everyPackage } from './jest.preset.mjs';

export default { projects: [...everyPackage('jest.int.config.mjs'), '<rootDir>/infra/native/jest.int.config.mjs'], testTimeout: 120_000 };
