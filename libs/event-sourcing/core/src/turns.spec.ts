import { describe, expect, it } from '@jest/globals';
import { realClock } from './testing/tools.js';
import { Turns } from './turns.js';

describe('a turn that is taken where it is free', () => {
  it('keeps others waiting until it is given back', async () => {
    const turns = new Turns(realClock);
    const giveBack = turns.takeFree('a')!;
    const steps: string[] = [];
    const waiting = turns.take('a', async () => void steps.push('took it'));
    await turns.take('b', async () => void steps.push('another one'));
    giveBack();
    await waiting;
    expect(steps).toEqual(['another one', 'took it']);
  });

  it('is not had where somebody has it or waits for it, and again once all are through', async () => {
    const turns = new Turns(realClock);
    const had = turns.take('a', async () => expect(turns.takeFree('a')).toBeNull());
    await had;
    const giveBack = turns.takeFree('a')!;
    expect(turns.takeFree('a')).toBeNull();
    giveBack();
    await turns.take('a', async () => undefined);
    expect(turns.takeFree('a')).not.toBeNull();
  });
});
