import { describe, expect, it } from '@jest/globals';
import { progressOf, shownProgress } from './plan-objectives.aggregate.js';

describe('the progress of an objective', () => {
  const shown = (baseline: number, target: number, value: number | null) => shownProgress(progressOf({ baseline, target }, value));

  it('is the part of the way from the baseline to the target', () => expect(shown(22, 31, 26.5)).toBe(50));
  it('goes down where the target lies below', () => expect(shown(10, 4, 7)).toBe(50));
  it('is shown from 0 to 150 %', () => expect([shown(0, 100, -20), shown(0, 100, 400)]).toEqual([0, 150]));
  it('is not known before anything was measured', () => expect(shown(0, 100, null)).toBeNull());
  it('is kept as it is behind what is shown', () => expect(progressOf({ baseline: 0, target: 100 }, 400)).toBe(4));
});
