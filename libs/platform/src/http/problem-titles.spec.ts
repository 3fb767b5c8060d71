import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { refusalLists } from '@keyfold/contracts';
import { hasTitle, TITLES } from './problem-titles.js';

const SERVICES = fileURLToPath(new URL('../../../../services', import.meta.url));

/** Codes that decisions and handlers refuse with, read from the sources. */
const refusals = (): string[] =>
  readdirSync(SERVICES, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/src\/.*\.ts$/.test(path) && !/node_modules|\/dist\/|\.(e2e-|int-)?spec\.ts$/.test(path))
    .flatMap((path) => [...readFileSync(join(SERVICES, path), 'utf8').matchAll(/new (?:DomainError|Forbidden)\(\s*'([^']+)'/g)].map((match) => match[1]!));

describe('the sentences of problems', () => {
  it('are there in both languages, with the same params', () => {
    const names = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).toSorted();
    expect(Object.keys(TITLES.fr).toSorted()).toEqual(Object.keys(TITLES.en).toSorted());
    for (const [code, text] of Object.entries(TITLES.en)) expect([code, names(TITLES.fr[code]!)]).toEqual([code, names(text)]);
  });

  it('are said once for each refusal', () => {
    const codes = refusalLists.flatMap((list) => Object.keys(list));
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('are there for every refusal of the services', () => {
    expect([...new Set(refusals())].filter((code) => !hasTitle(code)).toSorted()).toEqual([]);
  });
});
