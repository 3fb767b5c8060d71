// violates keyfold(no-sleep)
import { setTimeout as nap } from 'node:timers/promises';
import { expect, it } from '@jest/globals';

it('naps', async () => {
  await nap(100);
  expect(1).toBe(1);
});
