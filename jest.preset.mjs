/** The one swc configuration of the repository: decorators with metadata, as Nest's injection needs them. */
export const swc = {
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'es6' },
  jsc: {
    target: 'es2023',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

const unit = {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@keyfold/source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/src/**/*.spec.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest', swc] },
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
};

export default unit;
export const integration = { ...unit, testMatch: ['<rootDir>/{src,test}/**/*.int-spec.ts'], testTimeout: 120_000 };
export const acceptance = { ...unit, testMatch: ['<rootDir>/{src,test}/**/*.e2e-spec.ts'], testTimeout: 180_000 };

/** Globs of one kind of jest configuration over all packages, for the `projects` of a stage. */
export const everyPackage = (file) => ['libs/*', 'libs/event-sourcing/*', 'services/*'].map((folder) => `<rootDir>/${folder}/${file}`);
