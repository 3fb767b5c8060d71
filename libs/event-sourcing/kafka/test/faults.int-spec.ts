import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ReceivedBatch, Unavailable } from '@keyfold/event-sourcing';
import { eventually } from '@keyfold/event-sourcing/testing';
import { FaultyNetwork, seeded } from './faulty-network.js';
import { type Cluster, freshTopics, numbered, SERVICES, TOPIC } from './support.js';

const yes = (): boolean => true;
const no = (): boolean => false;

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
    network = new FaultyNetwork(seeded(7));
    cluster = await freshTopics(SERVICES, { socketFactory: network.socketFactory });
  });
  afterEach(() => cluster.close());

  it('loses nothing that it acknowledged and keeps the order of first deliveries while answers get lost', async () => {
    const transport = cluster.transport();
    let sent = 0;
    let refusals = 0;
    while (sent < 2_000 || refusals < 5) {
      for (let size = 20; ; size += 10) {
        // A hard blow now and then, so that a send gives up; a light one otherwise.
        network.lossRate = size === 20 && sent % 200 >= 150 ? 0.6 : 0.1;
        // As the relay does: from the first unacknowledged message on, with what has come in meanwhile.
        const messages = numbered('k', sent, size);
        if (await transport.publish(TOPIC, messages).then(yes, no)) {
          sent += size;
          break;
        }
        refusals += 1;
        expect(refusals).toBeLessThan(100);
      }
    }
    network.lossRate = 0;
    await transport.consume({ group: 'g', topics: [TOPIC], onBatch: collect });
    await eventually(() => expect(firsts().length).toBeGreaterThanOrEqual(sent), { deadlineMs: 30_000 });
    expect(firsts()).toEqual(idsOf(sent));
    expect(network.lost).toBeGreaterThan(20);
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
