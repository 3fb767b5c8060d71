import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AesKeyWrap } from './key-wrap.js';

describe('a wrapped key', () => {
  const masterKey = randomBytes(32);
  const wrap = new AesKeyWrap(masterKey);

  it('opens to what it was, and holds nothing of it in the clear', () => {
    const key = wrap.newKey();
    expect(key).toHaveLength(32);
    const wrapped = Buffer.from(wrap.wrap('person-1', key));
    expect(wrapped.includes(Buffer.from(key))).toBe(false);
    expect(wrap.unwrap('person-1', wrapped)).toEqual(key);
  });

  it('does not open with another master key, for another person, or when it was changed', () => {
    const wrapped = Buffer.from(wrap.wrap('person-1', wrap.newKey()));
    expect(() => new AesKeyWrap(randomBytes(32)).unwrap('person-1', wrapped)).toThrow();
    expect(() => wrap.unwrap('person-2', wrapped)).toThrow();
    wrapped[wrapped.length - 1]! ^= 1;
    expect(() => wrap.unwrap('person-1', wrapped)).toThrow();
  });

  it('needs a master key of 32 bytes', () => {
    expect(() => new AesKeyWrap(randomBytes(16))).toThrow('16 bytes');
  });
});
