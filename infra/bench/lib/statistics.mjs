// What is made of the rounds of a measurement: ratios within each round, their median, and how sure it is.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** The value below which this share of the values lies (nearest rank). */
export const percentile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
};

/** Numbers in [0, 1) that follow from the seed alone (mulberry32). */
export const randomFrom = (seed) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const RESAMPLES = 2_000;

/** The 95 % interval of the median: what the median is over resampled rounds. */
export const bootstrapInterval = (values, seed = 1) => {
  const random = randomFrom(seed);
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(() => values[Math.floor(random() * values.length)])));
  return [percentile(medians, 0.025), percentile(medians, 0.975)];
};

/** Ratio of two contenders: per round, so that whatever slows the whole machine down for a while slows both. Rounds without either are left out. */
export const ratioOf = (rounds, ours, theirs) => {
  const ratios = rounds.flatMap((round) => (round[ours] > 0 && round[theirs] > 0 ? [round[ours] / round[theirs]] : []));
  if (ratios.length === 0) return null;
  return { ratio: median(ratios), interval: bootstrapInterval(ratios), rounds: ratios.length };
};

/** Contenders forwards in one round and backwards in the next: A B C C B A. Each gets each neighbour and each place alike. */
export const orderOf = (names, round) => (round % 2 === 0 ? [...names] : [...names].reverse());

export const MOST_FOREIGN_SHARE = 0.1;

/** Why a round must not count, or null: others used the machine (a share of all its cores). */
export const discardReason = ({ foreignShare }) =>
  foreignShare > MOST_FOREIGN_SHARE ? `foreign CPU ${Math.round(foreignShare * 100)} %` : null;

/** On a machine that never becomes quiet too few rounds are left: then the least disturbed of the others count after all, and are marked as counted. */
export const filledUp = (kept, discarded, wanted) => {
  const counted = [...discarded].sort((a, b) => a.foreignShare - b.foreignShare).slice(0, Math.max(0, wanted - kept.length));
  for (const other of counted) other.counted = true;
  return [...kept, ...counted.map(({ round, figures }) => ({ round, ...figures }))];
};

/** A contender against itself must come out as 1; further off than this the run says nothing. */
export const MOST_CONTROL_ERROR = 0.05;
export const controlHolds = (control) => control !== null && Math.abs(control.ratio - 1) <= MOST_CONTROL_ERROR;

/** `missed` only when the whole interval is on the wrong side of the floor; `unsure` when it is on both sides. */
export const verdict = ({ ratio, interval: [low, high] }, { floor, target, lowerIsBetter = false }) => {
  const beyond = (value, bound) => (lowerIsBetter ? value <= bound : value >= bound);
  const [worst, best] = lowerIsBetter ? [high, low] : [low, high];
  if (!beyond(best, floor)) return 'missed';
  if (!beyond(ratio, floor) || (!beyond(worst, floor) && !beyond(ratio, target))) return 'unsure';
  return beyond(ratio, target) ? 'target' : 'floor';
};
