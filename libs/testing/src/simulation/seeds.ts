import { failureOf } from './report.js';
import { simulate } from './simulate.js';

/** Runs `count` seeds from `from` on. Throws at the first that violates an invariant, and says how to run it again. */
export async function holdsForSeeds(from: number, count: number): Promise<void> {
  for (let seed = from; seed < from + count; seed++) {
    const failure = failureOf(await simulate({ seed }));
    if (failure) throw new Error(failure);
  }
}
