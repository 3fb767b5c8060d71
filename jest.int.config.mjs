import { folders, packages } from './jest.preset.mjs';

export default {
  projects: [...packages(['<rootDir>/{src,test}/**/*.int-spec.ts']), ...folders(['infra/native'], 'int-spec')],
  testTimeout: 120_000,
};
