import { describe, expect, it } from '@jest/globals';
import { callerOf, type EdgeRequest } from './edge.js';

const caller = (headers: EdgeRequest['headers'], params = {}) => callerOf({ principal: { subject: 's', memberId: null, roles: [] }, params, headers });

describe('the wait for own writes', () => {
  it.each([
    [undefined, 2_000],
    ['wait=5', 5_000],
    ['WAIT=0', 0],
    ['respond-async, wait="3"', 3_000],
    ['wait=3; foo=bar', 3_000],
    ['wait=600', 10_000],
    ['wait=-1', 2_000],
    ['wait=soon', 2_000],
    ['await=7', 2_000],
  ])('of a caller who prefers %j is %d ms', (prefer, ms) => {
    expect(caller({ prefer }).waitMs).toBe(ms);
  });
});

describe('what a caller says of a command', () => {
  it.each([
    ['"7"', 7],
    ['W/"7"', 7],
    ['*', null],
    [undefined, null],
  ])('If-Match %j is the version %j', (header, version) => expect(caller({ 'if-match': header }).expectedVersion).toBe(version));

  it.each([[{ 'if-match': '7' }], [{ 'if-match': '"x"' }], [{ 'idempotency-key': 'two words' }]])('%j is malformed', (headers) => {
    expect(() => caller(headers)).toThrow(/malformed/);
  });

  it('an id with anything but letters, digits and dashes is malformed', () => {
    expect(() => caller({}, { id: '../7' })).toThrow('id-malformed');
  });
});
