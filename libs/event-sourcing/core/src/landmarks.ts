import type { Landmark, Message, Place, RelayPlace } from './ports.js';

/** Messages between the newest landmark and those before it. A broker that loses power loses what the last seconds brought: less than this, so not all has to be published again. */
const DISTANCE = 10_000n;

/** What the relay wrote last, with the landmark before it: at least one is always DISTANCE messages back where there are so many. */
export function landmarkAfter(last: Landmark | undefined, newest: Landmark): Landmark {
  if (!last) return newest;
  const { before, ...bare } = last;
  if (!before) return { ...newest, before: bare };
  if (BigInt(newest.offset) - BigInt(before.offset) < DISTANCE) return { ...newest, before };
  const { before: _oldest, ...older } = before;
  return { ...newest, before: { ...bare, before: older } };
}

/** What a topic has lost. */
export interface Lost {
  readonly partitions: readonly number[];
  readonly reason: 'the topic is empty or was made anew' | 'the topic has lost its end';
}

/**
 * Compares a saved place with the topic. A partition is written by appending and loses nothing but its end, so it is complete up to the newest landmark that still
 * stands where it was written. Publishing resumes behind the lowest of those of the partitions that have lost something; the others keep theirs.
 */
export async function resume(
  saved: RelayPlace,
  readBack: (places: readonly Place[]) => Promise<ReadonlyMap<number, Message | null>>,
): Promise<{ place: RelayPlace; lost: Lost | null }> {
  const standing = new Map<number, Landmark>();
  for (let asked = saved.partitions; asked.size > 0;) {
    const found = await readBack([...asked].map(([partition, { offset }]) => ({ partition, offset })));
    const before = new Map<number, Landmark>();
    for (const [partition, landmark] of asked)
      if (isAt(landmark, found.get(partition))) standing.set(partition, landmark);
      else if (landmark.before) before.set(partition, landmark.before);
    asked = before;
  }
  const partitions = [...saved.partitions]
    .filter(([partition, landmark]) => standing.get(partition) !== landmark)
    .map(([partition]) => partition);
  if (partitions.length === 0) return { place: saved, lost: null };
  const position = Math.min(saved.position, ...partitions.map((partition) => standing.get(partition)?.position ?? 0));
  return {
    place: { position, partitions: standing },
    lost: { partitions, reason: standing.size === 0 ? 'the topic is empty or was made anew' : 'the topic has lost its end' },
  };
}

const isAt = ({ eventId, position }: Landmark, message: Message | null | undefined): boolean =>
  message?.headers['ce_id'] === eventId && message.headers['ce_position'] === String(position);
