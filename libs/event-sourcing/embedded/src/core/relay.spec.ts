import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AuditEntry, type EventStore, type Failpoint, type Message, partitionOf, type PartitionedMessage, Relay, type RelayPlace, type RelayState, type Transport, Unavailable } from '@keyfold/event-sourcing';
import { eventually, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { relayStateInMemory } from '../local.js';
import { InProcessTransport } from '../in-process-transport.js';
import { testService, type TestService } from '../../test/service.js';

const TOPIC = 'test.events.v1';

let service: TestService;
let transport: InProcessTransport;
let stop: AbortController;
let running: Promise<void>[];
let measured: Map<string, number>;
let audited: AuditEntry[];
beforeEach(() => {
  service = testService();
  transport = new InProcessTransport(service.clock);
  stop = new AbortController();
  running = [];
  measured = new Map();
  audited = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await transport.close();
  service.close();
});

const relay = (state: RelayState, { to = transport as Transport, failpoint = (() => undefined) as Failpoint, store = service.store as EventStore } = {}): Promise<void> => {
  const metrics = {
    count: (name: string, _labels?: object, by = 1) => void measured.set(name, (measured.get(name) ?? 0) + by),
    set: (name: string, value: number) => void measured.set(name, value),
  };
  const audit = { write: async (entry: AuditEntry) => void audited.push(entry), read: async () => [], dropBefore: async () => 0 };
  const work = new Relay(store, to, state, { clock: service.clock, log: service.log, failpoint, metrics, audit }).run(stop.signal);
  running.push(work);
  return work;
};
const end = async (): Promise<void> => {
  stop.abort();
  await Promise.all(running.splice(0));
  stop = new AbortController();
};
const append = async (from: number, count: number, stream = 'counter-1', partitionKey = 'k') => {
  for (let version = from; version < from + count; version++)
    await service.store.append(someCommit(stream, version, { partitionKey, events: [someEvent({ by: version + 1 })] }));
};
const consumed = async (of: Transport = transport): Promise<Message[]> => {
  const messages: Message[] = [];
  await of.consume({ group: `test-${Math.random()}`, topics: [TOPIC], onBatch: async (batch) => void messages.push(...batch.messages) });
  return messages;
};
const isMarker = (message: Message): boolean => message.headers['ce_type'] === 'keyfold.marker';
const versionsOf = (messages: readonly Message[], stream = 'counter-1'): number[] =>
  messages.filter((message) => message.headers['ce_subject'] === stream).map((message) => Number(message.headers['ce_streamversion']));

/** The transport with `publish` replaced. */
const publishing = (publish: Transport['publish'], to: () => Transport = () => transport): Transport => ({
  partitions: transport.partitions,
  publish,
  readBack: (topic, places) => to().readBack(topic, places),
  consume: (options) => to().consume(options),
  close: () => to().close(),
});

/** A topic that can be lost and made anew. */
const losable = () => {
  let current = new InProcessTransport(service.clock);
  const all = [current];
  return {
    transport: publishing((topic, messages) => current.publish(topic, messages), () => current),
    lose: () => all.push((current = new InProcessTransport(service.clock))),
    consumed: () => consumed(current),
    close: () => Promise.all(all.map((each) => each.close())),
  };
};

describe('the relay', () => {
  it('publishes what is there and what comes, in order', async () => {
    await append(0, 3);
    const messages = await consumed();
    void relay(relayStateInMemory());
    await eventually(() => expect(versionsOf(messages)).toEqual([1, 2, 3]));
    await append(3, 2);
    await eventually(() => expect(versionsOf(messages)).toEqual([1, 2, 3, 4, 5]));
  });

  it('begins where the last one got to', async () => {
    await append(0, 4);
    const messages = await consumed();
    void relay(relayStateInMemory(2));
    await eventually(() => expect(versionsOf(messages)).toEqual([3, 4]));
  });

  it('that died between publishing and moving its position publishes again rather than never', async () => {
    await append(0, 2);
    const messages = await consumed();
    const state = relayStateInMemory();
    let crashes = 0;
    void relay(state, { failpoint: (name) => { if (name === 'after-publish' && crashes++ === 0) throw new Error('crash'); } });
    await eventually(() => expect(versionsOf(messages)).toEqual([1, 2, 1, 2]));
    await eventually(async () => expect((await state.load()).position).toBe(2));
  });

  it('goes on after an outage where it was, and says once that there is one', async () => {
    await append(0, 2);
    const messages = await consumed();
    let down = 3;
    void relay(relayStateInMemory(), { to: publishing(async (topic, sent) => (down-- > 0 ? Promise.reject(new Unavailable('broker')) : transport.publish(topic, sent))) });
    await eventually(() => expect(versionsOf(messages)).toEqual([1, 2]));
    expect(service.log.entries.filter((entry) => entry.level === 'warn')).toHaveLength(1);
  });

  it('is held up once by an outage of the store, not once more by the place that could not be saved in it', async () => {
    const messages = await consumed();
    const kept = relayStateInMemory();
    let failing = true;
    let failures = 0;
    const save = async (place: RelayPlace): Promise<boolean> => (failing ? ((failures += 1), Promise.reject(new Unavailable('the store'))) : kept.save(place));
    const feed: EventStore['feed'] = async (position, limit) => {
      if (!failing || failures === 0) return service.store.feed(position, limit);
      failing = false;
      throw new Unavailable('the store');
    };
    let terms = 0;
    const load = (): Promise<RelayPlace> => ((terms += 1), kept.load());
    const store = Object.create(service.store, { feed: { value: feed } }) as EventStore;
    void relay({ ...kept, load, save }, { store });
    await append(0, 1);
    await eventually(() => expect(failures).toBe(1));
    await append(1, 1);
    await eventually(async () => expect((await kept.load()).position).toBe(2));
    expect(versionsOf(messages).at(-1)).toBe(2);
    expect(terms).toBe(2); // begun twice
  });

  it('has one send in flight, never two', async () => {
    let inFlight = 0;
    let most = 0;
    const sent: PartitionedMessage[] = [];
    const slow = publishing(async (topic, messages) => {
      most = Math.max(most, ++inFlight);
      await service.clock.wait(1);
      sent.push(...messages.filter((message) => !isMarker(message)));
      const written = await transport.publish(topic, messages);
      inFlight -= 1;
      return written;
    });
    void relay(relayStateInMemory(), { to: slow });
    for (let i = 0; i < 20; i++) {
      await append(i, 1);
      service.clock.pass(3_000); // so that there are markers too
    }
    await eventually(() => expect(sent).toHaveLength(20));
    expect(most).toBe(1);
  });

  it('ends when another leader has taken over', async () => {
    await append(0, 1);
    await relay({ ...relayStateInMemory(), save: async () => false });
    expect(stop.signal.aborted).toBe(false);
  });

  it('tells how far it is and how much is waiting, also while it cannot publish', async () => {
    await append(0, 30);
    let down = true;
    void relay(relayStateInMemory(), { to: publishing(async (topic, sent) => (down ? Promise.reject(new Unavailable('broker')) : transport.publish(topic, sent))) });
    await eventually(() => expect(measured.get('relay_backlog_commits')).toBe(30));
    down = false;
    await eventually(() => {
      service.clock.pass(1_000);
      expect(measured.get('relay_backlog_commits')).toBe(0);
      expect(measured.get('relay_published_position')).toBe(30);
    });
  });
});

describe('what the relay says of each partition', () => {
  const [a, b] = ['k', 'other'];

  it('is the position of the commit before on the same partition, through batches, failures and terms', async () => {
    expect(partitionOf(a)).not.toBe(partitionOf(b));
    const messages = await consumed();
    const state = relayStateInMemory();
    let sends = 0;
    const faulty = publishing(async (topic, sent) => {
      const written = await transport.publish(topic, sent);
      if (++sends % 2 === 1) throw new Unavailable('the answer was lost');
      return written;
    });
    void relay(state, { to: faulty });
    for (let i = 0; i < 4; i++) {
      await append(i, 1, 'counter-1', a);
      await append(2 * i, 2, 'counter-2', b);
    }
    await eventually(async () => expect((await state.load()).position).toBe(12));
    await end();
    await append(4, 2, 'counter-1', a);
    void relay(state);
    await eventually(() => expect(versionsOf(messages)).toContain(6));
    const previous = new Map(messages.map(({ headers }) => [Number(headers['ce_position']), Number(headers['ce_prevposition'])]));
    const positions = (await service.store.feed(0, 100)).filter((commit) => commit.partitionKey === a).map((commit) => commit.position);
    expect(positions.map((position) => previous.get(position))).toEqual([0, ...positions.slice(0, -1)]);
  });

  it('comes as a marker on every partition that has been idle for five seconds, in one send', async () => {
    const sends: (readonly PartitionedMessage[])[] = [];
    const to = publishing((topic, sent) => {
      sends.push(sent);
      return transport.publish(topic, sent);
    });
    await append(0, 3);
    void relay(relayStateInMemory(0, service), { to });
    await eventually(() => expect(sends).toHaveLength(1));
    service.clock.pass(5_000);
    await eventually(() => expect(sends).toHaveLength(2));
    expect(sends[1]!.map((message) => message.partition)).toEqual(Array.from({ length: 24 }, (_, i) => i));
    expect(sends[1]!.every(isMarker)).toBe(true);
    const previous = new Map(sends[1]!.map((message) => [message.partition, message.headers['ce_prevposition']]));
    expect(previous.get(partitionOf('k'))).toBe('3');
    expect(previous.get(partitionOf('other'))).toBe('0');
    expect(new Set(sends[1]!.map((message) => message.headers['ce_recordedtime']))).toEqual(new Set([service.clock.now().toISOString()]));
    service.clock.pass(4_000);
    await append(3, 1);
    await eventually(() => expect(sends).toHaveLength(3));
    service.clock.pass(1_000);
    await eventually(() => expect(sends).toHaveLength(4));
    expect(sends[3]!.map((message) => message.partition)).not.toContain(partitionOf('k'));
  });

  it('does not claim to be complete up to now while something is on its way', async () => {
    const messages = await consumed();
    void relay({ ...relayStateInMemory(), quietUntil: async () => null });
    await append(0, 1);
    await eventually(() => expect(messages).toHaveLength(1));
    const [commit] = await service.store.feed(0, 1);
    service.clock.pass(5_000);
    await eventually(() => expect(messages.filter(isMarker)).toHaveLength(24));
    expect(messages.filter(isMarker)[0]!.headers['ce_recordedtime']).toBe(commit!.recordedAt);
  });
});

describe('a topic that has lost what was written to it', () => {
  let topic: ReturnType<typeof losable>;
  beforeEach(() => void (topic = losable()));
  afterEach(() => topic.close());

  const published = (state: RelayState, position: number) => eventually(async () => expect((await state.load()).position).toBe(position));
  const all = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

  it('is filled again from the event store at the next term, in order, and an operator can see it', async () => {
    const state = relayStateInMemory();
    await append(0, 5);
    void relay(state, { to: topic.transport });
    await published(state, 5);
    await end();
    topic.lose();
    const messages = await topic.consumed();
    void relay(state, { to: topic.transport });
    await eventually(() => expect(versionsOf(messages)).toEqual(all(5)));
    await published(state, 5);
    expect(measured.get('relay_rewinds_total')).toBe(1);
    expect(audited).toMatchObject([
      { actor: 'relay', action: 'relay-rewound', subject: TOPIC, details: { topic: TOPIC, from: 5, to: 0, reason: 'the topic is empty or was made anew' } },
    ]);
  });

  it('is filled again while the relay is idle: its own marker shows it', async () => {
    const state = relayStateInMemory();
    await append(0, 5);
    void relay(state, { to: topic.transport });
    await published(state, 5);
    topic.lose();
    const messages = await topic.consumed();
    service.clock.pass(5_000);
    await eventually(() => expect(versionsOf(messages)).toEqual(all(5)));
  });

  it('is filled again under load, however large the batch that meets it', async () => {
    const memory = relayStateInMemory();
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const state: RelayState = { ...memory, save: async (place) => (place.position < 5 ? memory.save(place) : gate.then(() => memory.save(place))) };
    await append(0, 5);
    void relay(state, { to: topic.transport });
    const before = await topic.consumed();
    await eventually(() => expect(versionsOf(before)).toEqual(all(5)));
    topic.lose();
    await append(5, 45); // more in one batch than the topic had
    const messages = await topic.consumed();
    open();
    await published(state, 50);
    // The batch that met the empty topic stands at its beginning; then everything comes in order.
    const first = versionsOf(messages).indexOf(1);
    expect(versionsOf(messages).slice(first)).toEqual(all(50));
    expect(measured.get('relay_rewinds_total')).toBe(1);
  });

  it('is filled again on the partitions that lost something and on no other', async () => {
    const state = relayStateInMemory();
    await append(0, 4, 'counter-1', 'k');
    await append(0, 4, 'counter-2', 'other');
    void relay(state, { to: topic.transport });
    await published(state, 8);
    await end();
    const whole = topic.transport;
    const partial: Transport = { ...whole, readBack: async (name, places) => new Map([...(await whole.readBack(name, places))].map(([partition, message]) => [partition, partition === partitionOf('other') ? null : message])) };
    const messages = await topic.consumed();
    await append(4, 1, 'counter-1', 'k');
    void relay(state, { to: partial });
    await published(state, 9);
    await eventually(() => expect(versionsOf(messages, 'counter-2')).toEqual([...all(4), ...all(4)]));
    expect(versionsOf(messages, 'counter-1')).toEqual(all(5));
    expect(messages.find(({ headers }) => headers['ce_streamversion'] === '5')!.headers['ce_prevposition']).toBe('4');
  });

  it('is rewound again by the next term when the relay dies on the way', async () => {
    const state = relayStateInMemory();
    await append(0, 5);
    void relay(state, { to: topic.transport });
    await published(state, 5);
    await end();
    topic.lose();
    const places: RelayPlace[] = [];
    const dying: RelayState = { ...state, save: (place) => (places.push(place), Promise.resolve(false)) };
    await relay(dying, { to: topic.transport });
    expect(places).toEqual([{ position: 0, partitions: new Map() }]);
    const messages = await topic.consumed();
    void relay(state, { to: topic.transport });
    await eventually(() => expect(versionsOf(messages)).toEqual(all(5)));
  });
});
