import { describe, expect, it } from '@jest/globals';
import { TestClock } from './clock.js';

describe('TestClock', () => {
  it('stands still until it is moved', () => {
    const clock = new TestClock('2026-03-01T10:00:00Z');
    expect(clock.now()).toEqual(new Date('2026-03-01T10:00:00Z'));
    clock.advance(1_500);
    expect(clock.now().toISOString()).toBe('2026-03-01T10:00:01.500Z');
    clock.set('2026-04-01T00:00:00Z');
    expect(clock.now().toISOString()).toBe('2026-04-01T00:00:00.000Z');
  });

  it('goes back only when told so', () => {
    const clock = new TestClock('2026-03-01T10:00:00Z');
    expect(() => clock.set('2026-02-01T00:00:00Z')).toThrow(
      'the clock would go back from 2026-03-01T10:00:00.000Z to 2026-02-01T00:00:00.000Z',
    );
    clock.set('2026-02-01T00:00:00Z', { backwards: true });
    expect(clock.now().toISOString()).toBe('2026-02-01T00:00:00.000Z');
  });

  it('refuses what is no instant', () => {
    expect(() => new TestClock('tomorrow')).toThrow('"tomorrow" is no instant');
  });

  it('wakes who waits when their time has come, in the order of their times', async () => {
    const clock = new TestClock();
    const woken: string[] = [];
    const late = clock.wait(200).then(() => woken.push('late'));
    const early = clock.wait(100).then(() => woken.push('early'));
    clock.advance(99);
    expect(clock.waiting).toBe(2);
    clock.advance(1);
    await early;
    expect(woken).toEqual(['early']);
    clock.advance(1_000);
    await late;
    expect(woken).toEqual(['early', 'late']);
  });

  it('wakes at once who has nothing to wait for or was called off', async () => {
    const clock = new TestClock();
    const calledOff = new AbortController();
    const waiting = clock.wait(1_000, calledOff.signal);
    calledOff.abort();
    await Promise.all([waiting, clock.wait(0), clock.wait(1_000, calledOff.signal)]);
    expect(clock.waiting).toBe(0);
  });
});
