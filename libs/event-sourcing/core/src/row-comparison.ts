import { type Claim, type Generations, type GenerationsComparison, LISTED_STREAMS, type RowComparison } from './generations.js';
import type { GenerationFeed } from './generation-feed.js';
import type { AnyProjection } from './projection.js';
import type { SubscriberTools } from './projector.js';
import { canonicalJson } from './canonical.js';
import { incomingOfCommit, servicesOf } from './subscription.js';

const SAMPLE = 200;
const NAMED = 20;
/** Tries to catch the serving generation at a moment at which it is not too far behind to say which rows are settled. */
const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** Says of a sample of rows whether the claimed generation has them as the serving one does, and brings up the streams in which it is behind. */
export async function compareRows(
  projection: AnyProjection,
  { claim, feed, generations }: { claim: Claim; feed: GenerationFeed; generations: Generations },
  tools: SubscriberTools,
  signal: AbortSignal,
): Promise<RowComparison> {
  for (let attempt = 1; ; attempt++) {
    const compared = await generations.compare(projection, claim, SAMPLE);
    if (compared.behind.length > 0) await feed.fill(compared.behind, {});
    const many = compared.unequal.length >= LISTED_STREAMS;
    const again = attempt < ATTEMPTS && !signal.aborted && (compared.behind.length > 0 || many);
    if (!again) return judge(compared.rows, many ? null : await rowsOf(projection, compared.unequal, tools));
    await tools.clock.wait(PAUSE_MS, signal);
  }
}

/** `unsettled` is null where too many rows are for them to be listed: then no difference says anything. */
function judge(rows: GenerationsComparison['rows'], unsettled: ReadonlySet<string> | null): RowComparison {
  const differing = rows.filter(({ serving, claimed }) => canonicalJson(serving) !== canonicalJson(claimed)).map(({ id }) => id);
  const different = differing.filter((id) => unsettled !== null && !unsettled.has(id)).sort();
  return { sampled: rows.length, unsettled: differing.length - different.length, different: different.length, ids: different.slice(0, NAMED) };
}

/** Rows touched by the events that one generation alone has. */
async function rowsOf(projection: AnyProjection, unequal: GenerationsComparison['unequal'], { feeds, registry }: SubscriberTools): Promise<Set<string>> {
  const rows = new Set<string>();
  for (const { streamId, from, to } of unequal) {
    const logs = servicesOf(projection, streamId).map(async (service) => (await feeds.stream(service, streamId, from)).flatMap((commit) => incomingOfCommit(service, commit, registry)));
    for (const event of (await Promise.all(logs)).flat()) {
      if (event.version <= from || event.version > to || !registry.knows(event.type)) continue;
      try {
        for (const id of projection.rowsOf(event.read())) rows.add(id);
      } catch {
        // Parked in the one, and soon in the other: it touches no row.
      }
    }
  }
  return rows;
}
