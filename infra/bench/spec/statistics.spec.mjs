import { describe, expect, it } from '@jest/globals';
import {
  bootstrapInterval,
  controlHolds,
  discardReason,
  filledUp,
  median,
  orderOf,
  percentile,
  randomFrom,
  ratioOf,
  verdict,
} from '../lib/statistics.mjs';

describe('the ratio of two contenders', () => {
  it('is the median of the ratios within rounds, not the ratio of the medians', () => {
    // The machine is ten times slower in the second half: within each round ours is twice as fast all the same.
    const rounds = [100, 110, 90, 10, 11, 9].map((raw) => ({ raw, ours: 2 * raw }));
    rounds[0].ours = 5 * rounds[0].raw; // one outlier
    expect(ratioOf(rounds, 'ours', 'raw')).toMatchObject({ ratio: 2, rounds: 6 });
  });

  it('leaves rounds out in which one of them has no figure', () => {
    expect(ratioOf([{ ours: 4, raw: 2 }, { ours: 9 }, { ours: 4, raw: 0 }], 'ours', 'raw')).toMatchObject({ ratio: 2, rounds: 1 });
    expect(ratioOf([{ ours: 1 }], 'ours', 'raw')).toBeNull();
  });
});

describe('the interval of a median', () => {
  it('holds the median and is narrow where the rounds agree', () => {
    const agreeing = bootstrapInterval([1, 1.01, 0.99, 1, 1.02, 0.98, 1]);
    const scattered = bootstrapInterval([0.5, 1.5, 1, 0.7, 1.3, 0.6, 1.4]);
    expect(agreeing[0]).toBeLessThanOrEqual(1);
    expect(agreeing[1]).toBeGreaterThanOrEqual(1);
    expect(agreeing[1] - agreeing[0]).toBeLessThan(0.05);
    expect(scattered[1] - scattered[0]).toBeGreaterThan(0.3);
  });

  it('covers the true median in about 95 of 100 samples', () => {
    const random = randomFrom(7);
    const covered = Array.from({ length: 60 }, (_, i) => {
      const [low, high] = bootstrapInterval(
        Array.from({ length: 11 }, () => random()),
        i,
      );
      return low <= 0.5 && 0.5 <= high;
    }).filter(Boolean).length;
    expect(covered).toBeGreaterThan(50);
    expect(covered).toBeLessThan(61);
  });

  it('is the same for the same seed', () => {
    const values = [3, 1, 4, 1, 5, 9, 2];
    expect(bootstrapInterval(values, 5)).toEqual(bootstrapInterval(values, 5));
  });
});

describe('the rules of a run', () => {
  it('change the order of contenders from round to round', () => {
    expect([0, 1, 2].map((round) => orderOf(['a', 'b', 'c'], round).join(''))).toEqual(['abc', 'cba', 'abc']);
  });

  it('discard a round in which others used more than a tenth of the machine', () => {
    expect(discardReason({ foreignShare: 0.09 })).toBeNull();
    expect(discardReason({ foreignShare: 0.25 })).toBe('foreign CPU 25 %');
  });

  it('are filled up with the least disturbed of the others when too few were quiet, and those are marked', () => {
    const disturbed = [0.5, 0.2, 0.3].map((foreignShare, i) => ({ round: i + 1, foreignShare, figures: { ours: i } }));
    expect(filledUp([{ round: 0, ours: 9 }], disturbed, 3)).toEqual([{ round: 0, ours: 9 }, { round: 2, ours: 1 }, { round: 3, ours: 2 }]);
    expect(disturbed.map(({ counted }) => counted)).toEqual([undefined, true, true]);
    const unneeded = [{ round: 1, foreignShare: 0.2, figures: {} }];
    expect(filledUp([{ round: 0 }], unneeded, 1)).toEqual([{ round: 0 }]);
    expect(unneeded[0].counted).toBeUndefined();
  });

  it('want a contender to equal itself within 5 %', () => {
    expect([0.96, 1.04].map((ratio) => controlHolds({ ratio }))).toEqual([true, true]);
    expect([controlHolds({ ratio: 1.06 }), controlHolds({ ratio: 0.9 }), controlHolds(null)]).toEqual([false, false, false]);
  });

  it('call a floor missed only when the whole interval is below it', () => {
    const bounds = { floor: 1, target: 2 };
    const judged = (ratio, interval) => verdict({ ratio, interval }, bounds);
    expect(judged(0.8, [0.7, 0.9])).toBe('missed');
    expect(judged(0.95, [0.8, 1.1])).toBe('unsure');
    expect(judged(1.2, [1.1, 1.3])).toBe('floor');
    expect(judged(2.1, [1.9, 2.3])).toBe('target');
    expect(verdict({ ratio: 1.6, interval: [1.5, 1.7] }, { floor: 1.5, target: 1.15, lowerIsBetter: true })).toBe('unsure');
    expect(verdict({ ratio: 1.1, interval: [1, 1.2] }, { floor: 1.5, target: 1.15, lowerIsBetter: true })).toBe('target');
  });
});

describe('order statistics', () => {
  it('are those of the sorted values', () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2])]).toEqual([2, 2.5]);
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile(hundred, 1)]).toEqual([50, 99, 100]);
  });
});
