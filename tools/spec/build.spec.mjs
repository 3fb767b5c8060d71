import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fingerprint } from '../lib/build.mjs';

let root;
const write = (path, text) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'build-'));
  for (const path of ['libs/core/src/index.ts', 'services/web/index.html', 'package-lock.json', 'tsconfig.base.json']) write(path, 'one');
});
afterEach(() => rmSync(root, { recursive: true }));

describe('fingerprint', () => {
  it('stays while no input changes', () => {
    expect(fingerprint(root)).toBe(fingerprint(root));
  });

  it.each(['libs/core/src/index.ts', 'services/web/index.html', 'package-lock.json'])('changes with %s', (path) => {
    const before = fingerprint(root);
    write(path, 'another');
    expect(fingerprint(root)).not.toBe(before);
  });

  it('changes with the time of a file of the same size', () => {
    const before = fingerprint(root);
    utimesSync(join(root, 'services/web/index.html'), 1, 1);
    expect(fingerprint(root)).not.toBe(before);
  });

  it('changes with a new source', () => {
    const before = fingerprint(root);
    write('libs/core/src/new.ts', 'new');
    expect(fingerprint(root)).not.toBe(before);
  });

  it.each([
    'libs/core/src/index.spec.ts',
    'libs/core/dist/index.js',
    'services/web/test/a.e2e-spec.ts',
    'libs/core/node_modules/x/index.js',
  ])('does not change with %s', (path) => {
    const before = fingerprint(root);
    write(path, 'new');
    expect(fingerprint(root)).toBe(before);
  });
});
