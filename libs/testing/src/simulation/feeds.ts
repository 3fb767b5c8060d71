import type { EventStore, Feeds, SequencedCommit } from '@keyfold/event-sourcing';

/** The logs of all services, each read in its own store. */
export function feedsFrom(open: (service: string) => EventStore): Feeds {
  const stores = new Map<string, EventStore>();
  const storeOf = (service: string): EventStore => {
    if (!stores.has(service)) stores.set(service, open(service));
    return stores.get(service)!;
  };
  return {
    after: (service, position, limit) => storeOf(service).feed(position, limit),
    stream: async (service, streamId, afterVersion) => {
      const commits = await storeOf(service).load(streamId, afterVersion);
      return commits.filter((commit) => commit.position !== null) as SequencedCommit[];
    },
    lastPosition: (service) => storeOf(service).lastPosition(),
  };
}
