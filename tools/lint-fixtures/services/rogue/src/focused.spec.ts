// violates jest(no-focused-tests)
import { expect, it } from '@jest/globals';

it.only('is the only one', () => {
  expect(1).toBe(1);
});
