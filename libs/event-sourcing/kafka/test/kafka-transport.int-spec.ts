import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { partitionOf, type ReceivedBatch, Unavailable } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import kafkajs from 'kafkajs';
import { kafkaClient, withAdmin } from '../src/client.js';
import { createTopics, KafkaTransport } from '../src/index.js';
import { makeTopic } from '../src/topics.js';
import { clock, type Cluster, freshTopics, message, numbered, SERVICES, TOPIC } from './support.js';

describe('Kafka transport', () => {
  let cluster: Cluster;
  let batches: ReceivedBatch[];
  const collect = (batch: ReceivedBatch): Promise<void> => Promise.resolve(void batches.push(batch));
  const ids = (): string[] => batches.flatMap((batch) => batch.messages.map(({ headers }) => headers['ce_id']!));
  const received = (count: number) => eventually(() => expect(ids()).toHaveLength(count), { deadlineMs: 60_000 });

  beforeEach(async () => {
    batches = [];
    cluster = await freshTopics();
  });
  afterEach(() => cluster.close());

  it('gives headers and values back as the text they were, on topics named without the prefix', async () => {
    const transport = cluster.transport();
    const sent = message('k', 1, JSON.stringify({ name: 'Ünïcode 🚀', nothing: null, list: [] }));
    await transport.publish(TOPIC, [sent]);
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await received(1);
    expect(batches[0]).toMatchObject({
      topic: TOPIC,
      partition: sent.partition,
      messages: [{ key: sent.key, headers: sent.headers, value: sent.value, offset: '0' }],
    });
  });

  it('gives a record without key, headers and value as empty text', async () => {
    const producer = kafkaClient(cluster.settings).producer({ createPartitioner: () => () => 3 });
    await producer.connect();
    await producer.send({ topic: cluster.settings.topicPrefix + TOPIC, messages: [{ value: null }] });
    await producer.disconnect();
    await cluster.transport().consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await eventually(() => expect(batches[0]?.messages).toEqual([{ key: '', value: '', headers: {}, offset: '0' }]), {
      deadlineMs: 60_000,
    });
  });

  it('splits what is larger than a request and hands it over in order, at most 500 at a time', async () => {
    const transport = cluster.transport();
    const large = Array.from({ length: 1_200 }, (_, n) => message('k', n, JSON.stringify({ n, filling: 'x'.repeat(2_000) })));
    await transport.publish(TOPIC, large);
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await received(large.length);
    expect(ids()).toEqual(large.map(({ headers }) => headers['ce_id']));
    expect(Math.max(...batches.map(({ messages }) => messages.length))).toBeLessThanOrEqual(500);
  });

  it('carries one event that is larger than a request', async () => {
    const transport = cluster.transport();
    const large = message('k', 1, JSON.stringify({ filling: 'x'.repeat(2 * 1024 * 1024) }));
    await transport.publish(TOPIC, [message('k', 0), large, message('k', 2)]);
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await received(3);
    expect(ids()).toEqual(['k-0', 'k-1', 'k-2']);
  });

  it('sends concurrent publishes one after the other', async () => {
    const transport = cluster.transport();
    await Promise.all(Array.from({ length: 20 }, (_, i) => transport.publish(TOPIC, numbered('k', i * 10, 10))));
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await received(200);
    expect(ids()).toEqual(numbered('k', 0, 200).map(({ headers }) => headers['ce_id']));
  });

  it('lets other partitions flow while one batch is refused, and skips nothing of it', async () => {
    const transport = cluster.transport();
    let refusals = 0;
    await transport.publish(TOPIC, [...numbered('stuck', 0, 3), ...numbered('free', 0, 3)]);
    expect(partitionOf('stuck')).not.toBe(partitionOf('free'));
    let open = false;
    await transport.consume({
      group: 'g',
      topics: [TOPIC],
      onBatch: (batch) => {
        if (open || batch.partition !== partitionOf('stuck')) return collect(batch);
        refusals += 1;
        return Promise.reject(new Error('the store is down'));
      },
    });
    await received(3);
    await eventually(() => expect(refusals).toBeGreaterThan(3), { deadlineMs: 60_000 });
    await transport.publish(TOPIC, numbered('stuck', 3, 2));
    open = true;
    await received(8);
    expect(ids().filter((id) => id.startsWith('stuck'))).toEqual([0, 1, 2, 3, 4].map((n) => `stuck-${n}`));
    expect(transport.health()).toEqual([{ group: `${cluster.settings.topicPrefix}g`, running: true, restarts: 0 }]);
  });

  it('fetches on for other partitions while a batch is in hand, longer than its membership lasts', async () => {
    const transport = cluster.transport({ sessionTimeoutMs: 6_000 });
    const through = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    await transport.publish(TOPIC, numbered('slow', 0, 1));
    await transport.consume({
      group: 'g',
      topics: [TOPIC],
      onBatch: async (batch) => {
        begun.resolve();
        if (batch.partition === partitionOf('slow')) await through.promise;
        return collect(batch);
      },
    });
    await begun.promise;
    const began = Date.now();
    for (let n = 0; Date.now() - began < 9_000; n++) {
      await transport.publish(TOPIC, numbered('free', n, 1));
      await received(n + 1);
    }
    through.resolve();
    await eventually(() => expect(ids()).toContain('slow-0'), { deadlineMs: 60_000 });
    expect(ids().filter((id) => id === 'slow-0')).toHaveLength(1);
    expect(transport.health()).toMatchObject([{ restarts: 0 }]);
  });

  it('shares the partitions of all topics between two members, and one takes over when the other leaves', async () => {
    const transport = cluster.transport();
    const keys = Array.from({ length: 60 }, (_, i) => `key-${i}`);
    const owners = new Map<number, Set<string>>();
    const member = (name: string) =>
      transport.consume({
        group: 'g',
        topics: [TOPIC],
        onBatch: (batch) => {
          owners.set(batch.partition, (owners.get(batch.partition) ?? new Set<string>()).add(name));
          return collect(batch);
        },
      });
    const first = await member('first');
    await member('second');
    await eventually(
      async () => {
        owners.clear();
        await transport.publish(
          TOPIC,
          keys.map((key) => message(key, 0)),
        );
        await eventually(() => expect(new Set([...owners.values()].flatMap((names) => [...names])).size).toBe(2), { deadlineMs: 2_000 });
      },
      { deadlineMs: 90_000, everyMs: 200 },
    );
    await first.stop();
    batches = [];
    owners.clear();
    await transport.publish(
      TOPIC,
      keys.map((key) => message(key, 1)),
    );
    await eventually(() => expect(new Set(ids().filter((id) => id.endsWith('-1'))).size).toBe(keys.length), { deadlineMs: 60_000 });
    expect([...owners.values()].every((names) => !names.has('first'))).toBe(true);
  });

  it('starts at the beginning again when the committed offset lies beyond the topic', async () => {
    const transport = cluster.transport();
    const topic = cluster.settings.topicPrefix + TOPIC;
    const { partition } = message('k', 0);
    await transport.publish(TOPIC, numbered('k', 0, 3));
    await withAdmin(cluster.settings, (admin) =>
      admin.setOffsets({ groupId: `${cluster.settings.topicPrefix}g`, topic, partitions: [{ partition, offset: '999' }] }),
    );
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await received(3);
    expect(ids()).toEqual(['k-0', 'k-1', 'k-2']);
  });

  it('knows of no note where the offsets were moved by hand', async () => {
    const transport = cluster.transport();
    const notes: string[] = [];
    const noting = (batch: ReceivedBatch) => Promise.resolve(`${notes.push(batch.note)}`);
    const member = await transport.consume({ group: 'g', topics: [TOPIC], onBatch: noting });
    for (const n of [1, 2]) {
      await transport.publish(TOPIC, [message('k', n)]);
      await eventually(() => expect(notes).toHaveLength(n), { deadlineMs: 60_000 });
    }
    await member.stop();
    const topic = cluster.settings.topicPrefix + TOPIC;
    const partitions = [{ partition: message('k', 0).partition, offset: '2' }];
    await withAdmin(cluster.settings, (admin) => admin.setOffsets({ groupId: `${cluster.settings.topicPrefix}g`, topic, partitions }));
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: noting });
    await transport.publish(TOPIC, [message('k', 3)]);
    await eventually(() => expect(notes).toEqual(['', '1', '']), { deadlineMs: 60_000 });
  });

  it('starts a member again that is behind and does nothing', async () => {
    const transport = cluster.transport({ stallMs: 300 });
    await transport.publish(TOPIC, [message('k', 0)]);
    let calls = 0;
    await transport.consume({
      group: 'g',
      topics: [TOPIC],
      onBatch: (batch) => {
        calls += 1;
        return calls === 1 ? new Promise(() => undefined) : collect(batch);
      },
    });
    await received(1);
    expect(transport.health()).toMatchObject([{ restarts: 1 }]);
  });

  it('starts a member again in which one partition stands still while the others flow', async () => {
    const transport = cluster.transport({ stallMs: 300 });
    await transport.publish(TOPIC, numbered('stuck', 0, 1));
    let calls = 0;
    await transport.consume({
      group: 'g',
      topics: [TOPIC],
      onBatch: (batch) => {
        if (batch.partition !== partitionOf('stuck')) return collect(batch);
        calls += 1;
        return calls === 1 ? new Promise(() => undefined) : collect(batch);
      },
    });
    await eventually(
      async () => {
        await transport.publish(TOPIC, [message('free', 0)]);
        expect(ids()).toContain('stuck-0');
      },
      { deadlineMs: 30_000, everyMs: 50 },
    );
    expect(transport.health()).toMatchObject([{ restarts: 1 }]);
  });

  it('tells the lag of a group', async () => {
    const transport = cluster.transport();
    await transport.publish(TOPIC, numbered('k', 0, 5));
    expect(await transport.lag('g', [TOPIC])).toEqual([{ topic: TOPIC, partition: partitionOf('k'), lag: 5 }]);
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await eventually(async () => expect(await transport.lag('g', [TOPIC])).toEqual([]), { deadlineMs: 60_000 });
  });
});

describe('topics that are not as they should be', () => {
  let cluster: Cluster;
  beforeEach(async () => {
    cluster = await freshTopics([]);
  });
  afterEach(() => cluster.close());

  const logged = (text: string) =>
    eventually(() => expect(cluster.log.lines.some(({ message, fields }) => `${message} ${fields}`.includes(text))).toBe(true), {
      deadlineMs: 60_000,
    });
  const create = (numPartitions: number) =>
    withAdmin(cluster.settings, (admin) =>
      makeTopic(admin, clock, { topic: cluster.settings.topicPrefix + TOPIC, numPartitions, replicationFactor: 1 }),
    );

  it('are reported while publishing and consuming wait, and used as soon as they are made', async () => {
    const transport = cluster.transport();
    const seen: string[] = [];
    await transport.consume({
      group: 'g',
      topics: [TOPIC],
      onBatch: (batch) => Promise.resolve(void seen.push(...batch.messages.map(({ value }) => value))),
    });
    await expect(transport.publish(TOPIC, [message('k', 0)])).rejects.toBeInstanceOf(Unavailable);
    await logged('does not exist: create it with 24 partitions');
    expect(await createTopics(cluster.settings, ['accounts'])).toEqual([cluster.settings.topicPrefix + TOPIC]);
    await transport.publish(TOPIC, [message('k', 0, '"now"')]);
    await eventually(() => expect(seen).toEqual(['"now"']), { deadlineMs: 90_000 });
  });

  it('are refused with another number of partitions', async () => {
    await create(3);
    await expect(createTopics(cluster.settings, ['accounts'])).rejects.toThrow('has 3 partitions and needs 24');
    await expect(cluster.transport().publish(TOPIC, [message('k', 0)])).rejects.toBeInstanceOf(Unavailable);
    await logged('has 3 partitions and needs 24');
  });

  it('are refused by the setup when they would forget', async () => {
    await create(24);
    await expect(createTopics(cluster.settings, ['accounts'])).rejects.toThrow('retention.ms=604800000 and needs -1');
  });

  it('are used when they would forget, and reported once a minute with the command that mends them, until they are mended', async () => {
    await create(24);
    const topic = cluster.settings.topicPrefix + TOPIC;
    const measured = new Map<string, number>();
    const metrics = { count: () => undefined, set: (name: string, value: number) => void measured.set(name, value) };
    let passed = 0;
    const later = { ...clock, now: () => new Date(Date.now() + passed) };
    const transport = new KafkaTransport({ ...cluster.settings, clock: later, metrics });
    const reports = () =>
      cluster.log.lines.filter(({ level, message }) => level === 'error' && message.includes('retention.ms=604800000 and needs -1'));
    const publish = (n: number) => transport.publish(TOPIC, [message('k', n)]);
    try {
      await publish(0);
      await publish(1);
      expect(reports()).toHaveLength(1);
      expect(reports()[0]!.message).toContain(
        `kafka-configs.sh --bootstrap-server ${cluster.settings.brokers.join(',')} --alter --entity-type topics --entity-name ${topic} --add-config retention.ms=-1`,
      );
      expect(measured.get('topic_misconfigured')).toBe(1);
      passed += 61_000;
      await publish(2);
      expect(reports()).toHaveLength(2);
      await withAdmin(cluster.settings, (admin) =>
        admin.alterConfigs({
          validateOnly: false,
          resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '-1' }] }],
        }),
      );
      await eventually(
        async () => {
          passed += 61_000;
          await publish(3);
          expect(measured.get('topic_misconfigured')).toBe(0);
        },
        { deadlineMs: 60_000 },
      );
    } finally {
      await transport.close();
    }
  });

  it('are reported by those who read them too, and read all the same', async () => {
    await create(24);
    const transport = cluster.transport();
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: () => Promise.resolve() });
    await logged('retention.ms=604800000 and needs -1');
    await eventually(() => expect(transport.health()).toMatchObject([{ running: true, restarts: 0 }]), { deadlineMs: 60_000 });
  });

  it('are made once', async () => {
    expect(await createTopics(cluster.settings, SERVICES)).toHaveLength(2);
    expect(await createTopics(cluster.settings, SERVICES)).toEqual([]);
  });
});
