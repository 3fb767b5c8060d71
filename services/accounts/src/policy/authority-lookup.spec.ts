import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES } from '@keyfold/contracts';
import { grantedBy } from './authority-lookup.js';

describe('a discount', () => {
  const by = (percent: number) => grantedBy(percent, DEFAULT_POLICIES.authority);

  it('is granted by the least of those who may alone', () => expect([0, 5, 5.1, 10, 10.1, 20].map(by)).toEqual([['team'], ['team'], ['kam'], ['kam'], ['director'], ['director']]));
  it('above all limits is granted by the director and finance together', () => expect(by(20.1)).toEqual(['director', 'finance']));
});
