import type { Outcome } from './simulate.js';

const LAST_LINES = 40;

/** What to say of a run that violated something: what, the end of its history, and how to run it again; null for a good one. */
export function failureOf({ seed, violations, history }: Outcome): string | null {
  if (violations.length === 0) return null;
  return [
    ...history.slice(-LAST_LINES),
    ...violations.map((violation) => `seed ${seed}: ${violation}`),
    `Run it again with its whole history: npm run simulate -- --seed ${seed} --trace`,
  ].join('\n');
}
