import { describe, expect, it } from '@jest/globals';
import { missingPackages } from '../ensure-installed.mjs';
import { isAtLeast } from '../lib/node24.mjs';

const locked = {
  '': { name: 'keyfold' },
  'libs/core': { version: '0.1.0' },
  'node_modules/nest': { version: '12.5.1' },
  'node_modules/@keyfold/core': { link: true, resolved: 'libs/core' },
  'node_modules/binding-darwin': { version: '1.0.0', optional: true },
};
const installed = { 'node_modules/nest': { version: '12.5.1' }, 'node_modules/@keyfold/core': { link: true } };

describe('missingPackages', () => {
  it('is empty when everything locked is installed, apart from optional packages of other platforms', () => {
    expect(missingPackages(locked, installed)).toEqual([]);
  });

  it('names a package of another version', () => {
    expect(missingPackages(locked, { ...installed, 'node_modules/nest': { version: '12.5.0' } })).toEqual(['nest']);
  });

  it('names a workspace that is not linked', () => {
    expect(missingPackages(locked, { 'node_modules/nest': { version: '12.5.1' } })).toEqual(['@keyfold/core']);
  });

  it('names an optional package that is there in another version', () => {
    expect(missingPackages(locked, { ...installed, 'node_modules/binding-darwin': { version: '0.9.0' } })).toEqual(['binding-darwin']);
  });

  it('names everything when nothing, or half of it, was installed', () => {
    expect(missingPackages(locked, null)).toEqual(['nest', '@keyfold/core']);
  });
});

describe('isAtLeast', () => {
  it.each([
    ['24.11.1', true],
    ['24.11.0', false],
    ['24.21.0', true],
    ['26.0.0', true],
    ['20.20.2', false],
  ])('%s against 24.11.1: %s', (version, expected) => {
    expect(isAtLeast(version, '24.11.1')).toBe(expected);
  });
});
