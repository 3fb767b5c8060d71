import type { SequencedCommit } from './events.js';
import type { Feeds } from './ports.js';

/** Commits of a log that are asked for at once; the feed may give fewer. */
export const PAGE = 1_000;
/** Below it a short page says more of its commits, which are large, than of the feed. */
const SHORTEST = 250;
/** Pages that are on their way while one is worked on. */
const AHEAD = 2;

/**
 * The log of a service after `position`, up to `end`, page by page; ends early where the feed has nothing. Positions are dense, so the next pages are asked for before the
 * one in front of them has come: the owner reads them meanwhile. A page that is shorter than was asked for breaks that row, and what comes is asked for in its length.
 */
export async function* pagesOf(feeds: Pick<Feeds, 'after'>, service: string, { after, end }: { after: number; end: number }): AsyncGenerator<SequencedCommit[]> {
  const asked: { readonly upTo: number; readonly page: Promise<SequencedCommit[]> }[] = [];
  let length = PAGE;
  for (let next = after; ; ) {
    for (; asked.length <= AHEAD && next < end; next += length) {
      const page = feeds.after(service, next, length);
      page.catch(() => undefined); // told when it is awaited
      asked.push({ upTo: Math.min(next + length, end), page });
    }
    const first = asked.shift();
    const commits = (await first?.page) ?? [];
    if (!first || commits.length === 0) return;
    yield commits;
    const last = commits[commits.length - 1]!.position;
    if (last >= first.upTo) continue;
    asked.length = 0;
    next = last;
    length = Math.min(length, Math.max(commits.length, SHORTEST));
  }
}
