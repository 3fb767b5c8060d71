import { packages } from './jest.preset.mjs';

export default { projects: packages(['<rootDir>/{src,test}/**/*.e2e-spec.ts']), testTimeout: 180_000 };
