// Numbers that follow from a seed: the same seed gives the same commands and the same plan of faults (not the same interleaving: the processes are real).

/** A generator after mulberry32: `next()` in [0, 1). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit) => Math.floor(next() * limit);
  return {
    next,
    below,
    between: (from, to) => from + next() * (to - from),
    pick: (values) => values[below(values.length)],
    shuffled: (values) => {
      const order = [...values];
      for (let i = order.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
    /** A generator of its own: what one worker draws does not depend on how fast another is. */
    fork: () => randomFrom(Math.floor(next() * 4294967296)),
  };
}
