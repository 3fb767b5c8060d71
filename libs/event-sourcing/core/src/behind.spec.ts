import { describe, expect, it } from '@jest/globals';
import { Behind } from './behind.js';
import { eventually } from './testing/index.js';

/** Work that ends when the test says so, and pauses that end by themselves only when they are broken off. */
function setup(merge?: (waiting: string, next: string) => string) {
  const begun: string[] = [];
  const ends: ReturnType<typeof Promise.withResolvers<void>>[] = [];
  const wait = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => (signal!.aborted ? resolve() : signal!.addEventListener('abort', () => resolve(), { once: true })));
  const work = (value: string): Promise<void> => {
    begun.push(value);
    const end = Promise.withResolvers<void>();
    ends.push(end);
    return end.promise;
  };
  const behind = new Behind({ clock: { now: () => new Date(0), wait }, pauseMs: 50, work, merge });
  return { behind, begun, ends };
}

describe('a write behind', () => {
  it('is made at once, and what comes meanwhile and in the pause after it shares the next', async () => {
    const { behind, begun, ends } = setup();
    behind.put('1');
    behind.put('2');
    expect(begun).toEqual(['1']);
    ends[0]!.resolve();
    await Promise.resolve();
    behind.put('3');
    const settled = behind.settled();
    await eventually(() => Promise.resolve(expect(begun).toEqual(['1', '3'])));
    ends[1]!.resolve();
    await settled;
  });

  it('can have all that waits', async () => {
    const { behind, begun, ends } = setup((waiting, next) => `${waiting}+${next}`);
    for (const value of ['1', '2', '3']) behind.put(value);
    ends[0]!.resolve();
    const settled = behind.settled();
    await eventually(() => Promise.resolve(expect(begun).toEqual(['1', '2+3'])));
    ends[1]!.resolve();
    await settled;
  });

  it('that fails is told once to who asks, whatever was written since, and to nobody who knows how things stand', async () => {
    const { behind, ends } = setup();
    behind.put('1');
    behind.put('2');
    const settled = behind.settled();
    ends[0]!.reject(new Error('down'));
    await eventually(() => Promise.resolve(expect(ends).toHaveLength(2)));
    ends[1]!.resolve();
    await settled;
    expect(() => behind.check()).toThrow('down');
    expect(() => behind.check()).not.toThrow();
    behind.put('3');
    ends[2]!.reject(new Error('down again'));
    await behind.settled();
    behind.forgive();
    expect(() => behind.check()).not.toThrow();
  });

  it('that is put while the last one is waited for is waited for as well', async () => {
    const { behind, begun, ends } = setup();
    behind.put('1');
    const settled = behind.settled();
    behind.put('2');
    ends[0]!.resolve();
    await eventually(() => Promise.resolve(expect(begun).toEqual(['1', '2'])));
    ends[1]!.resolve();
    await settled;
  });
});
