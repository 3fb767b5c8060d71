import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AuditEntry,
  Completeness,
  deliver,
  type Feeds,
  gapless,
  type Incoming,
  markerOf,
  type Marks,
  type Message,
  partitionOf,
  projection,
  type ReceivedBatch,
  Relay,
  type SequencedCommit,
  type Subscriber,
  NO_CHANGES,
} from '@keyfold/event-sourcing';
import { counterContract, eventually, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { InProcessTransport } from '../in-process-transport.js';
import { relayStateInMemory } from '../local.js';
import { testService, type TestService } from '../../test/service.js';

const TOPIC = 'test.events.v1';
const KEY = 'k';
const PARTITION = partitionOf(KEY);

let service: TestService;
let counted: string[];
let audited: AuditEntry[];
let completeness: Completeness;
let asked: number[];
beforeEach(() => {
  service = testService();
  counted = [];
  audited = [];
  completeness = new Completeness();
  asked = [];
});
afterEach(() => service.close());

/** A subscriber that keeps what it is handed, as `<stream>@<version>`. */
const witness = (): Subscriber & { readonly handed: string[] } => {
  const handed: string[] = [];
  return {
    name: 'witness',
    projection: projection({ name: 'witness', version: 1, follows: [counterContract], rowsOf: () => [], fold: () => null }),
    handed,
    reapply: async () => NO_CHANGES,
    apply: async (_partition: string, events: readonly Incoming[]) => void handed.push(...events.map(({ streamId, version }) => `${streamId}@${version}`)),
  };
};

const feeds = (): Feeds => ({
  ...service.tools.feeds,
  after: (name, position, limit) => {
    asked.push(position);
    return service.tools.feeds.after(name, position, limit);
  },
});
const tools = (overrides: { feeds?: Feeds; sharesUpTo?: number } = {}) => ({
  ...service.tools,
  feeds: feeds(),
  metrics: { count: (name: string) => void counted.push(name), set: () => undefined },
  audit: { write: async (entry: AuditEntry) => void audited.push(entry), read: async () => [], dropBefore: async () => 0 },
  completeness,
  ...overrides,
});

/** What the relay puts on the partition of KEY for the log as it is. */
const topic = async (): Promise<Message[]> => {
  const messages: Message[] = [];
  const transport = new InProcessTransport(service.clock);
  const stop = new AbortController();
  const last = await service.store.lastPosition();
  await transport.consume({ group: 'all', topics: [TOPIC], onBatch: async (batch) => void (batch.partition === PARTITION && messages.push(...batch.messages)) });
  const state = relayStateInMemory();
  const relay = new Relay(service.store, transport, state, { clock: service.clock, log: service.log, failpoint: () => undefined }).run(stop.signal);
  await eventually(async () => expect((await state.load()).position).toBe(last));
  stop.abort();
  await relay;
  await transport.close();
  return messages;
};
const batch = (messages: readonly Message[], note: string): ReceivedBatch => ({
  topic: TOPIC,
  partition: PARTITION,
  messages: messages.map((message, i) => ({ ...message, offset: String(i) })),
  note,
  ensureOwned: async () => undefined,
});
const marker = (previous: number, recordedAt = '2026-01-01T00:00:00.000Z'): Message => markerOf('test', PARTITION, { id: `m-${previous}`, at: recordedAt, previous, recordedAt });
/** Streams a ... z, one commit each, all on the partition of KEY; every second commit of the log is on another one. */
const append = async (...names: string[]) => {
  for (const name of names) {
    await service.store.append(someCommit(`counter-${name}`, 0, { partitionKey: KEY }));
    await service.store.append(someCommit(`counter-elsewhere-${name}`, 0, { partitionKey: 'other' }));
  }
};

describe('messages that are missing on a partition', () => {
  it('between two streams are found by their successor, fetched from the feed, and handed over in their place', async () => {
    await append('a', 'b', 'c', 'd', 'e');
    const [a, , , d, e] = await topic();
    const subscriber = witness();
    expect(await deliver(batch([a!, d!, e!], ''), [subscriber], tools())).toBe('9');
    expect(subscriber.handed).toEqual(['counter-a@1', 'counter-b@1', 'counter-c@1', 'counter-d@1', 'counter-e@1']);
    expect(counted).toEqual(['partition_gaps_total']);
    expect(audited).toMatchObject([{ actor: 'subscription', action: 'gap-repaired', subject: `${TOPIC}/${PARTITION}`, details: { after: 1, upTo: 5, commits: 2 } }]);
  });

  it('at the end are found by a marker', async () => {
    await append('a', 'b', 'c');
    const [a] = await topic();
    const subscriber = witness();
    expect(await deliver(batch([a!, marker(5)], ''), [subscriber], tools())).toBe('5');
    expect(subscriber.handed).toEqual(['counter-a@1', 'counter-b@1', 'counter-c@1']);
  });

  it('between two members, or two lives of one, are found by the note that came with the offset', async () => {
    await append('a', 'b', 'c');
    const [a, , c] = await topic();
    const [first, second] = [witness(), witness()];
    const note = await deliver(batch([a!], ''), [first], tools());
    await deliver(batch([c!], note), [second], tools());
    expect(second.handed).toEqual(['counter-b@1', 'counter-c@1']);
  });

  it('at the beginning of a topic are found by a new group, and by one whose offsets were moved by hand', async () => {
    await append('a', 'b');
    const [, b] = await topic();
    const subscriber = witness();
    await deliver(batch([b!], ''), [subscriber], tools());
    expect(subscriber.handed).toEqual(['counter-a@1', 'counter-b@1']);
  });

  it('in the midst of a commit are found too', async () => {
    await service.store.append(someCommit('counter-a', 0, { partitionKey: KEY, events: [someEvent(), someEvent()] }));
    await append('b');
    const [one, , b] = await topic();
    const subscriber = witness();
    await deliver(batch([one!, b!], ''), [subscriber], tools());
    expect(subscriber.handed).toEqual(['counter-a@1', 'counter-a@1', 'counter-a@2', 'counter-b@1']);
  });

  it('are fetched page by page, however many', async () => {
    for (let i = 0; i < 1_200; i++) await service.store.append(someCommit(`counter-${i}`, 0, { partitionKey: KEY }));
    const subscriber = witness();
    await deliver(batch([marker(1_200)], ''), [subscriber], tools());
    expect(subscriber.handed).toHaveLength(1_200);
    expect(asked).toEqual([0, 500, 1_000]);
  });

  it('make the batch come again when the feed does not have them yet', async () => {
    await append('a', 'b');
    const [, b] = await topic();
    const short: Feeds = { ...service.tools.feeds, after: async (): Promise<SequencedCommit[]> => [] };
    await expect(deliver(batch([b!], '0'), [witness()], tools({ feeds: short }))).rejects.toThrow('nothing after position 0 yet');
    expect(audited).toEqual([]);
  });
});

describe('whatever a partition does to its messages', () => {
  /** The same numbers for the same seed, from 0 up to 1 (mulberry32). */
  const seeded = (seed: number) => () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };

  /** Marks and all, as projections and policies keep them. */
  const applying = () => {
    const marks = new Map<string, Marks>();
    const applied = new Map<string, number[]>();
    const apply = async (_partition: string, events: readonly Incoming[]): Promise<void> => {
      for (const { streamId, version } of await gapless(events, marks, service.tools, () => undefined)) {
        marks.set(streamId, { accepted: version, applied: version });
        applied.set(streamId, [...(applied.get(streamId) ?? []), version]);
      }
    };
    return { ...witness(), apply, applied };
  };

  it('each event is applied once and in the order of its stream: dropped, repeated, shuffled, in any batches', async () => {
    const versions = new Map<string, number>();
    for (let i = 0; i < 40; i++) {
      const stream = `counter-${(i * i) % 7}`;
      const version = versions.get(stream) ?? 0;
      const events = Array.from({ length: 1 + (i % 3) }, () => someEvent());
      await service.store.append(someCommit(stream, version, { partitionKey: KEY, events }));
      versions.set(stream, version + events.length);
    }
    const messages = await topic();
    const inOrder = new Map([...versions].map(([stream, last]) => [stream, Array.from({ length: last }, (_, i) => i + 1)]));
    for (let seed = 1; seed <= 200; seed++) {
      const random = seeded(seed);
      const faulty = messages.flatMap((message) => (random() < 0.2 ? [] : Array.from({ length: 1 + Math.floor(random() * 3) }, () => message)));
      for (let i = faulty.length - 1; i > 0 && seed % 2 === 0; i--) {
        const j = Math.floor(random() * (i + 1));
        [faulty[i], faulty[j]] = [faulty[j]!, faulty[i]!];
      }
      faulty.push(marker(40));
      const subscriber = applying();
      let note = '';
      for (let from = 0; from < faulty.length; ) {
        const size = 1 + Math.floor(random() * 20);
        note = await deliver(batch(faulty.slice(from, from + size), note), [subscriber], tools());
        from += size;
      }
      expect({ seed, applied: subscriber.applied }).toEqual({ seed, applied: inOrder });
    }
  });
});

describe('no messages are missed', () => {
  it('when they come twice, or a topic made anew tells everything again', async () => {
    await append('a', 'b', 'c');
    const messages = await topic();
    const subscriber = witness();
    const note = await deliver(batch([...messages, messages[0]!, marker(5), ...messages], ''), [subscriber], tools());
    expect(await deliver(batch(messages, note), [subscriber], tools())).toBe('5');
    expect(asked).toEqual([]);
  });

  it('by a relay that begins to tell the predecessors on a topic that is there', async () => {
    await append('a', 'b', 'c');
    const [a, b, c] = await topic();
    const { ce_prevposition: _, ...old } = a!.headers;
    const first = { ...b!, headers: { ...b!.headers, ce_prevposition: '0' } };
    const subscriber = witness();
    expect(await deliver(batch([{ ...a!, headers: old }], ''), [subscriber], tools())).toBe('0');
    expect(await deliver(batch([first, c!], '0'), [subscriber], tools())).toBe('5');
    expect(subscriber.handed).toEqual(['counter-a@1', 'counter-b@1', 'counter-c@1']);
    expect(asked).toEqual([]);
  });

  it('by a marker, which says nothing to the subscribers and is not reported', async () => {
    await append('a');
    const [a] = await topic();
    const subscriber = witness();
    await deliver(batch([a!, marker(1)], ''), [subscriber], tools());
    expect(subscriber.handed).toEqual(['counter-a@1']);
    expect(service.log.entries).toEqual([]);
  });
});

describe('a batch', () => {
  /** Read models and one policy that note when they begin and end; a read model ends when it is told to. */
  const stage = (...names: string[]) => {
    const calls: string[] = [];
    const ends = new Map(names.map((name) => [name, Promise.withResolvers<void>()]));
    const models = names.map((name): Subscriber => ({
      ...witness(),
      name,
      isReadModel: true,
      apply: async () => {
        calls.push(`${name} begins`);
        await ends.get(name)!.promise;
        calls.push(`${name} ends`);
      },
    }));
    const policy: Subscriber = { ...witness(), name: 'policy', apply: async () => void calls.push('policy') };
    return { calls, ends, subscribers: [policy, ...models] };
  };

  it('of few events is handed to all read models at once where they share a write', async () => {
    await append('a');
    const { calls, ends, subscribers } = stage('1', '2', '3', '4', '5');
    const delivering = deliver(batch(await topic(), ''), subscribers, tools({ sharesUpTo: 1 }));
    await eventually(() => Promise.resolve(expect(calls).toEqual(['1 begins', '2 begins', '3 begins', '4 begins', '5 begins'])));
    for (const end of ends.values()) end.resolve();
    await delivering;
    expect(calls.at(-1)).toBe('policy');
  });

  it.each([['more events', 2, 1], ['an event where they share none', 1, undefined]])('of %s is handed to four read models at a time, and to a policy when all of them have it', async (_what, events, sharesUpTo) => {
    await append(...Array.from({ length: events }, (_, i) => `c${i}`));
    const { calls, ends, subscribers } = stage('1', '2', '3', '4', '5');
    const delivering = deliver(batch(await topic(), ''), subscribers, tools({ sharesUpTo }));
    await eventually(() => Promise.resolve(expect(calls).toEqual(['1 begins', '2 begins', '3 begins', '4 begins'])));
    ends.get('3')!.resolve();
    await eventually(() => Promise.resolve(expect(calls.slice(4)).toEqual(['3 ends', '5 begins'])));
    for (const end of ends.values()) end.resolve();
    await delivering;
    expect(calls.filter((call) => call.endsWith('ends'))).toHaveLength(5);
    expect(calls.at(-1)).toBe('policy');
  });

  it('is handed to several policies at a time', async () => {
    await append('a');
    const { calls, ends, subscribers } = stage('1', '2');
    const policies = subscribers.slice(1).map(({ isReadModel: _model, ...policy }) => policy);
    const delivering = deliver(batch(await topic(), ''), policies, tools());
    await eventually(() => Promise.resolve(expect(calls).toEqual(['1 begins', '2 begins'])));
    for (const end of ends.values()) end.resolve();
    await delivering;
  });

  it('that a read model refuses comes again when the others are through with it, and reaches no policy', async () => {
    await append('a');
    const { calls, ends, subscribers } = stage('1', '2');
    const delivering = deliver(batch(await topic(), ''), subscribers, tools());
    ends.get('1')!.reject(new Error('down'));
    await eventually(() => Promise.resolve(expect(calls).toHaveLength(2)));
    ends.get('2')!.resolve();
    await expect(delivering).rejects.toThrow('down');
    expect(calls).toEqual(['1 begins', '2 begins', '2 ends']);
  });
});

describe('a topic is complete', () => {
  it('up to the earliest time of its partitions, which never goes back', async () => {
    const at = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
    expect(completeness.upTo(TOPIC)).toBeNull();
    completeness.handled(TOPIC, 1, at(5));
    completeness.handled(TOPIC, 2, at(3));
    expect(completeness.upTo(TOPIC)).toBe(at(3));
    completeness.handled(TOPIC, 2, at(7));
    completeness.handled(TOPIC, 1, at(1));
    expect(completeness.upTo(TOPIC)).toBe(at(5));
  });

  it('as far as the messages tell that were handled', async () => {
    await append('a');
    const [a] = await topic();
    await deliver(batch([a!], ''), [witness()], tools());
    expect(completeness.upTo(TOPIC)).toBe(a!.headers['ce_recordedtime']);
    await deliver(batch([marker(1, '2026-05-05T00:00:00.000Z')], '1'), [witness()], tools());
    expect(completeness.upTo(TOPIC)).toBe('2026-05-05T00:00:00.000Z');
    const failing: Subscriber = { ...witness(), apply: () => Promise.reject(new Error('down')) };
    await expect(deliver(batch([a!, marker(1, '2026-06-06T00:00:00.000Z')], '1'), [failing], tools())).rejects.toThrow('down');
    expect(completeness.upTo(TOPIC)).toBe('2026-05-05T00:00:00.000Z');
  });
});
