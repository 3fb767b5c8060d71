import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

const ROOT = import.meta.dirname;

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

/** Specs in plain JavaScript, beside what they test. */
const plain = { testEnvironment: 'node', transform: {} };

const packageFolders = () =>
  ['libs', 'libs/event-sourcing', 'services']
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => join(folder, name)))
    .filter((folder) => existsSync(join(ROOT, folder, 'package.json')));

/** A project of one folder, named after it: `jest --selectProjects accounts`. */
const projectIn = (folder, config) => ({ displayName: basename(folder), rootDir: join(ROOT, folder), ...config });

/** The specs of every package whose names match. */
export const packages = (testMatch = unit.testMatch) => packageFolders().map((folder) => projectIn(folder, { ...unit, testMatch }));

/** The specs in the `spec` folders of folders without a package. */
export const folders = (names, ending) =>
  names.map((folder) => projectIn(folder, { ...plain, testMatch: [`<rootDir>/spec/*.${ending}.mjs`] }));
