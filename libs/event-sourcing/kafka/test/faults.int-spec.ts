import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ReceivedBatch, Unavailable } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import { FaultyNetwork } from './faulty-network.js';
import { clock, type Cluster, freshTopics, numbered, SERVICES, TOPIC } from './support.js';

describe('Kafka behind a faulty network', () => {
  let network: FaultyNetwork;
  let cluster: Cluster;
  let ids: string[];
  const collect = (batch: ReceivedBatch): Promise<void> =>
    Promise.resolve(void ids.push(...batch.messages.map(({ headers }) => headers['ce_id']!)));
  const firsts = (): string[] => [...new Set(ids)];
  const idsOf = (count: number): string[] => numbered('k', 0, count).map(({ headers }) => headers['ce_id']!);

  beforeEach(async () => {
    ids = [];
    network = new FaultyNetwork();
    cluster = await freshTopics(SERVICES, { socketFactory: network.socketFactory });
  });
  afterEach(() => cluster.close());

  it('loses nothing that it acknowledged and keeps the order of first deliveries, through many cuts', async () => {
    const transport = cluster.transport();
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    const over = new AbortController();
    const cutting = (async () => {
      while (!over.signal.aborted) {
        await clock.wait(20 + (network.cuts % 7) * 10, over.signal);
        network.cut();
      }
    })();
    let sent = 0;
    while (network.cuts < 120) {
      const messages = numbered('k', sent, 1 + (sent % 40));
      // As the relay does: the same messages again until they are acknowledged.
      await eventually(() => transport.publish(TOPIC, messages), { deadlineMs: 30_000 });
      sent += messages.length;
    }
    over.abort();
    await cutting;
    await eventually(() => expect(firsts()).toHaveLength(sent), { deadlineMs: 60_000 });
    expect(firsts()).toEqual(idsOf(sent));
  });

  it('refuses to publish during an outage, starts during one, and goes on where it was afterwards', async () => {
    const transport = cluster.transport();
    await transport.publish(TOPIC, numbered('k', 0, 5));
    network.fail();
    await expect(transport.publish(TOPIC, numbered('k', 5, 5))).rejects.toBeInstanceOf(Unavailable);
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await eventually(() => expect(transport.health()[0]!.restarts).toBeGreaterThan(1), { deadlineMs: 20_000 });
    network.heal();
    await transport.publish(TOPIC, numbered('k', 5, 5));
    await eventually(() => expect(firsts()).toEqual(idsOf(10)), { deadlineMs: 30_000 });

    network.fail();
    await eventually(() => expect(transport.health()[0]!.running).toBe(false), { deadlineMs: 30_000 });
    network.heal();
    await transport.publish(TOPIC, numbered('k', 10, 5));
    await eventually(() => expect(firsts()).toEqual(idsOf(15)), { deadlineMs: 30_000 });
  });

  it('can be closed during an outage', async () => {
    const transport = cluster.transport();
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await eventually(() => expect(transport.health()[0]!.running).toBe(true), { deadlineMs: 20_000 });
    network.fail();
    const before = performance.now();
    await transport.close();
    expect(performance.now() - before).toBeLessThan(10_000);
    await expect(transport.publish(TOPIC, numbered('k', 0, 1))).rejects.toBeInstanceOf(Unavailable);
  });
});
