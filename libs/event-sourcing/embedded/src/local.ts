import { type Clock, type EventStore, type Feeds, NotFound, type RelayPlace, type RelayState, type SequencedCommit } from '@keyfold/event-sourcing';

/** The logs of services that live in this process. A service that is not among them is NotFound. */
export function localFeeds(stores: readonly EventStore[]): Feeds {
  const storeOf = (service: string): EventStore => {
    const store = stores.find((candidate) => candidate.service === service);
    if (!store) throw new NotFound('event log', service);
    return store;
  };
  return {
    after: async (service, position, limit) => storeOf(service).feed(position, limit),
    stream: async (service, streamId, afterVersion) => {
      const commits = await storeOf(service).load(streamId, afterVersion);
      const unnumbered = commits.findIndex((commit) => commit.position === null);
      return (unnumbered === -1 ? commits : commits.slice(0, unnumbered)) as SequencedCommit[];
    },
    lastPosition: async (service) => storeOf(service).lastPosition(),
  };
}

/**
 * The state of a relay whose topics do not outlive the process either: it begins at `from`, which is where the log stood when
 * the views had been built from it (0 publishes everything again; the marks drop what is known).
 */
export function relayStateInMemory(from = 0, log?: { readonly store: Pick<EventStore, 'lastPosition'>; readonly clock: Clock }): RelayState {
  let place: RelayPlace = { position: from, partitions: new Map() };
  return {
    epoch: 1,
    load: async () => place,
    save: async (next) => {
      place = next;
      return true;
    },
    // Commits are numbered as they are appended, in this process and by this clock.
    quietUntil: async (position) => (log && (await log.store.lastPosition()) === position ? log.clock.now().toISOString() : null),
  };
}
