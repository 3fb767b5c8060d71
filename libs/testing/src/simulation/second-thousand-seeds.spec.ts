import { describe, it } from '@jest/globals';
import { holdsForSeeds } from './seeds.js';

const A_HUNDRED_FROM = Array.from({ length: 10 }, (_, i) => 1001 + i * 100);

// Two files, because a file is what the runner gives to a core.
describe('in a simulation every invariant holds', () => {
  it.each(A_HUNDRED_FROM)('for a hundred seeds from %i on', (from) => holdsForSeeds(from, 100), 240_000);
});
