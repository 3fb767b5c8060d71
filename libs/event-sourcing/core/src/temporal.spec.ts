import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { history, type HistoryFact } from './temporal.js';

const fact = (version: number, occurred: number, recorded: number, supersedes: readonly number[] = []): HistoryFact => ({ version, occurred, recorded, supersedes });
const versions = (facts: readonly HistoryFact[], asOf: number, knownOn: number): number[] => history(facts, { asOf, knownOn }).map((each) => each.version);
const EVER = Number.MAX_SAFE_INTEGER;

describe('history', () => {
  const facts = [fact(1, 10, 100), fact(2, 30, 110), fact(3, 20, 120), fact(4, 25, 130, [2])];

  it('goes by business time, not by the order of recording', () => {
    expect(versions(facts.slice(0, 3), EVER, EVER)).toEqual([1, 3, 2]);
  });

  it('ends with the day that is asked for, inclusive', () => {
    expect(versions(facts.slice(0, 3), 20, EVER)).toEqual([1, 3]);
    expect(versions(facts.slice(0, 3), 19, EVER)).toEqual([1]);
    expect(versions(facts, 9, EVER)).toEqual([]);
  });

  it('leaves out what was corrected, once the correction is known and not before', () => {
    expect(versions(facts, EVER, 129)).toEqual([1, 3, 2]);
    expect(versions(facts, EVER, 130)).toEqual([1, 3, 4]);
  });

  it('leaves a corrected fact out also on days before the correction took place', () => {
    expect(versions([fact(1, 10, 100), fact(2, 50, 110, [1])], 20, EVER)).toEqual([]);
  });

  it('orders what happened at the same time by version', () => {
    expect(versions([fact(1, 10, 1), fact(2, 10, 2), fact(3, 5, 3), fact(4, 10, 4)], EVER, EVER)).toEqual([3, 1, 2, 4]);
  });
});

describe('history, whatever the facts', () => {
  /** Facts in version order: recorded never decreases, a correction names earlier versions. */
  const logs = fc
    .array(fc.record({ occurred: fc.integer({ min: 0, max: 20 }), step: fc.integer({ min: 0, max: 3 }), corrects: fc.option(fc.nat({ max: 30 }), { freq: 4 }) }), { maxLength: 25 })
    .map((steps) => {
      let recorded = 0;
      return steps.map(({ occurred, step, corrects }, i) => fact(i + 1, occurred, (recorded += step), corrects === null || i === 0 ? [] : [(corrects % i) + 1]));
    });
  const instant = fc.integer({ min: -1, max: 80 });

  it('is what the definition says: known, standing, up to the day, in order', () => {
    fc.assert(
      fc.property(logs, instant, instant, (facts, asOf, knownOn) => {
        const known = facts.filter((each) => each.recorded <= knownOn);
        const gone = new Set(known.flatMap((each) => each.supersedes ?? []));
        const expected = known.filter((each) => !gone.has(each.version) && each.occurred <= asOf).sort((a, b) => a.occurred - b.occurred || a.version - b.version);
        expect(history(facts, { asOf, knownOn })).toEqual(expected);
      }),
    );
  });

  it('of a time in the past is not changed by what is recorded later', () => {
    fc.assert(
      fc.property(logs, instant, instant, (facts, asOf, knownOn) => {
        const known = facts.filter((each) => each.recorded <= knownOn);
        expect(history(facts, { asOf, knownOn })).toEqual(history(known, { asOf, knownOn }));
      }),
    );
  });

  it('grows with the day that is asked for', () => {
    fc.assert(
      fc.property(logs, instant, instant, instant, (facts, a, b, knownOn) => {
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        const before = history(facts, { asOf: early, knownOn });
        expect(history(facts, { asOf: late, knownOn }).slice(0, before.length)).toEqual(before);
      }),
    );
  });

  it('loses facts with growing knowledge by corrections alone', () => {
    fc.assert(
      fc.property(logs, instant, instant, instant, (facts, asOf, a, b) => {
        const now = new Set(versions(facts, asOf, Math.max(a, b)));
        const corrected = new Set(facts.flatMap((each) => each.supersedes ?? []));
        for (const version of versions(facts, asOf, Math.min(a, b))) expect(now.has(version) || corrected.has(version)).toBe(true);
      }),
    );
  });

  it('does not touch its input', () => {
    fc.assert(
      fc.property(logs, instant, (facts, asOf) => {
        const before = structuredClone(facts);
        history(facts, { asOf, knownOn: EVER });
        expect(facts).toEqual(before);
      }),
    );
  });
});
