import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as Record<string, string>;
const en = read('./en.json');
const fr = read('./fr.json');
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();

describe('the catalogues', () => {
  it('have the same entries', () => expect(Object.keys(fr)).toEqual(Object.keys(en)));
  it('have a text in every entry', () => expect([...Object.values(en), ...Object.values(fr)].filter((text) => text.trim() === '')).toEqual([]));
  it.each(Object.keys(en))('%s names the same values in both languages', (key) => expect(placeholders(fr[key]!)).toEqual(placeholders(en[key]!)));
});
