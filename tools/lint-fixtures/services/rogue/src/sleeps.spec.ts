// violates keyfold(no-sleep)
import { expect, it } from '@jest/globals';

it('waits for a while', async () => {
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(1).toBe(1);
});
