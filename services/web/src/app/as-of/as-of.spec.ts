import { describe, expect, it } from '@jest/globals';
import { readAsOf, withParams } from './as-of.js';

const of = (search: string) => readAsOf(new URLSearchParams(search));

describe('the point in time in the address', () => {
  it('is now when nothing is said', () => expect(of('q=acme')).toEqual({ asOf: null, knownOn: null, compare: null }));
  it('is read from a shared link', () =>
    expect(of('asOf=2017-06-30&knownOn=2017-08-01T12:00:00.000Z&compare=2016-12-31')).toEqual({ asOf: '2017-06-30', knownOn: '2017-08-01T12:00:00.000Z', compare: '2016-12-31' }));
  it('is now where the address says nonsense', () => expect(of('asOf=2017-13-40&knownOn=yesterday&compare=1')).toEqual({ asOf: null, knownOn: null, compare: null }));
  it('changes without touching the filters', () => expect(withParams(new URLSearchParams('q=acme&asOf=2017-06-30'), { asOf: null, compare: '2016-12-31' }).toString()).toBe('q=acme&compare=2016-12-31'));
});
