import { describe, expect, it } from '@jest/globals';
import { RowRefused } from '@keyfold/event-sourcing';
import { assertStorable } from './storable.js';

const parts = Array.from({ length: 1_000 }, (_, i) => ({ accountId: `a${i}`, terms: { from: '2026-01-01', weight: i } }));
const nested = (depth: number, inner: object): object => (depth === 0 ? inner : { below: nested(depth - 1, inner) });

/** The row, counting how often its parts are looked through. */
function watched(row: { readonly parts: readonly object[] }): { readonly row: object; looks(): number } {
  let looks = 0;
  const watch = (part: object): object => new Proxy(part, { ownKeys: (own) => ((looks += 1), Reflect.ownKeys(own)) });
  return { row: { parts: row.parts.map(watch) }, looks: () => looks };
}

describe('a row with a long list', () => {
  it('is looked through as far as it is new', () => {
    const { row, looks } = watched({ parts });
    assertStorable(row);
    assertStorable({ parts: [...(row as { parts: object[] }).parts, { accountId: 'new' }] });
    expect(looks()).toBe(1_000);
  });

  it('is refused for what its new part holds', () => {
    assertStorable({ parts });
    expect(() => assertStorable({ parts: [...parts, { 'a\0b': 1 }] })).toThrow(RowRefused);
    expect(() => assertStorable({ parts: [...parts, { text: 'x'.repeat(16 * 1024 * 1024) }] })).toThrow(RowRefused);
  });

  it('is refused where a part that it shares has got too deep', () => {
    const deep = [...parts, nested(90, {})];
    assertStorable({ parts: deep });
    expect(() => assertStorable(nested(20, { parts: deep }))).toThrow(RowRefused);
  });
});
