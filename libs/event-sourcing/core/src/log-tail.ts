import { Unavailable } from './errors.js';
import type { GenerationFeed } from './generation-feed.js';
import type { BuiltWrite } from './generations.js';
import type { Failpoint, Feeds } from './ports.js';

/** Commits that may be folded while live batches wait for the switch. */
const MOST = 1_000;

/** What the logs hold beyond what was fed; null when it is too much to be folded while batches wait. Throws Unavailable. */
export async function tailBehind(feed: GenerationFeed, services: readonly string[], { feeds, failpoint }: { feeds: Feeds; failpoint: Failpoint }): Promise<BuiltWrite | null> {
  await failpoint('rebuild-switch');
  const positions: Record<string, number> = { ...feed.positions };
  let left = MOST;
  for (const service of services) {
    const end = await feeds.lastPosition(service);
    if (end - (positions[service] ?? 0) > left) return null;
    while ((positions[service] ?? 0) < end) {
      const commits = await feeds.after(service, positions[service] ?? 0, left);
      if (commits.length === 0) throw new Unavailable(`the log of ${service} up to ${end}`);
      await feed.takeCommits(service, commits);
      positions[service] = commits[commits.length - 1]!.position;
      left -= commits.length;
    }
  }
  return feed.pending(positions);
}
