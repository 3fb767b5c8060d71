import { sourcePartition } from './dead-letters.js';
import { handledUpTo } from './lag.js';
import { pagesOf } from './log-pages.js';
import type { Clock, Logger, ProjectionStore } from './ports.js';
import type { Subscriber, SubscriberTools } from './projector.js';
import { incomingOfCommit } from './subscription.js';

const RETRY_MS = 1_000;

export interface ReplayPace {
  /** Position up to which all have the log, and where it ends. */
  readonly progress?: (done: number, total: number) => void;
  /** Position up to which a subscriber is known to have handled the log. */
  readonly handled?: (subscriber: Subscriber) => Promise<number>;
  /** Aborted, it ends behind the page in hand. */
  readonly signal?: AbortSignal;
}

/** The services whose logs one of these follows. */
export const followedBy = (subscribers: readonly Subscriber[]): string[] => [...new Set(subscribers.flatMap(({ projection }) => projection.follows.map(({ service }) => service)))];

/**
 * Replays the log of a service from its owner's feed, up to where it stood at the call, to those of the subscribers who follow it; it is read once for all of them. Resumable and repeatable:
 * the marks drop what is known.
 */
export async function replay(
  service: string,
  subscribers: readonly Subscriber[],
  { feeds, registry }: Pick<SubscriberTools, 'feeds' | 'registry'>,
  { progress = () => undefined, handled = async () => 0, signal }: ReplayPace = {},
): Promise<void> {
  const followers = subscribers.filter((subscriber) => followedBy([subscriber]).includes(service));
  const end = await feeds.lastPosition(service);
  const each = await Promise.all(followers.map(async (subscriber) => ({ subscriber, after: await handled(subscriber) })));
  for await (const commits of pagesOf(feeds, service, { after: Math.min(...each.map(({ after }) => after)), end })) {
    if (signal?.aborted) return;
    const position = commits[commits.length - 1]!.position;
    const partitions = [...Map.groupBy(commits, (commit) => sourcePartition(service, commit.partitionKey))].map(
      ([partition, own]) => [partition, own.flatMap((commit) => incomingOfCommit(service, commit, registry))] as const,
    );
    const behind = each.flatMap(({ subscriber, after }) => (after < position ? [subscriber] : []));
    for (const [partition, events] of partitions) for (const subscriber of behind) await subscriber.apply(partition, events);
    progress(position, end);
  }
}

export interface ReplayTools extends Pick<SubscriberTools, 'feeds' | 'registry'> {
  readonly store: ProjectionStore;
  readonly clock: Clock;
  readonly log: Logger;
  /** What came last to a volatile transport is gone with it: then whoever has seen the history already is given what he is not known to have handled. */
  readonly volatile?: boolean;
  readonly progress?: (service: string, done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Shows policies and processes the whole history once; their marks and command ids make a repetition harmless. An owner that does not answer holds up its own log alone, and a replay that
 * broke off goes on from where all have it. Resolves when all have it, or when the signal is aborted.
 */
export async function replayOnce(subscribers: readonly Subscriber[], tools: ReplayTools): Promise<void> {
  const { store, volatile = false, progress = () => undefined, signal } = tools;
  let built: readonly boolean[] = [];
  await insist(tools, async () => void (built = await Promise.all(subscribers.map(({ projection }) => store.built(projection)))));
  const replayed = subscribers.filter((_subscriber, i) => volatile || !built[i]);
  const replayOf = async (service: string): Promise<void> => {
    let reached = 0;
    const known = async (subscriber: Subscriber): Promise<number> => (built[subscribers.indexOf(subscriber)] ? handledUpTo(store, service) : 0);
    const handled = async (subscriber: Subscriber): Promise<number> => Math.max(reached, await known(subscriber));
    await insist(tools, () => replay(service, replayed, tools, { progress: (done, total) => progress(service, (reached = done), total), handled, signal }), { of: service });
  };
  await Promise.all(followedBy(replayed).map(replayOf));
  if (!signal?.aborted) await insist(tools, async () => void (await Promise.all(replayed.map(({ projection }) => store.setBuilt(projection)))));
}

/** Does it, again as long as that fails, until the signal is aborted. */
async function insist({ clock, log, signal }: Pick<ReplayTools, 'clock' | 'log' | 'signal'>, work: () => Promise<void>, what: object = {}): Promise<void> {
  for (let failures = 0; !signal?.aborted; failures++)
    try {
      return await work();
    } catch (error) {
      if (failures === 0) log.warn('cannot replay a log yet, will go on trying', { ...what, error: String(error) });
      await clock.wait(RETRY_MS, signal);
    }
}
