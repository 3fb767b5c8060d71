import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Failpoint, type PartitionedMessage, Relay, type RelayState, type Transport, Unavailable } from '@keyfold/event-sourcing';
import { eventually, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { relayStateInMemory } from '../local.js';
import { InProcessTransport } from '../in-process-transport.js';
import { testService, type TestService } from '../../test/service.js';

let service: TestService;
let transport: InProcessTransport;
let stop: AbortController;
let running: Promise<void>[];
beforeEach(() => {
  service = testService();
  transport = new InProcessTransport(service.clock);
  stop = new AbortController();
  running = [];
});
afterEach(async () => {
  stop.abort();
  await Promise.all(running);
  await transport.close();
  service.close();
});

const relay = (state: RelayState, { to = transport as Transport, failpoint = (() => undefined) as Failpoint } = {}): Promise<void> => {
  const work = new Relay(service.store, to, state, { clock: service.clock, log: service.log, failpoint }).run(stop.signal);
  running.push(work);
  return work;
};
const append = async (from: number, count: number) => {
  for (let version = from; version < from + count; version++)
    await service.store.append(someCommit('counter-1', version, { partitionKey: 'k', events: [someEvent({ by: version + 1 })] }));
};
const received = async (): Promise<number[]> => {
  const versions: number[] = [];
  await transport.consume({
    group: 'test',
    topics: ['test.events.v1'],
    onBatch: async (batch) => void versions.push(...batch.messages.map((message) => Number(message.headers['ce_streamversion']))),
  });
  return versions;
};

describe('the relay', () => {
  it('publishes what is there and what comes, in order', async () => {
    await append(0, 3);
    const versions = await received();
    void relay(relayStateInMemory());
    await eventually(() => expect(versions).toEqual([1, 2, 3]));
    await append(3, 2);
    await eventually(() => expect(versions).toEqual([1, 2, 3, 4, 5]));
  });

  it('begins where the last one got to', async () => {
    await append(0, 4);
    const versions = await received();
    void relay(relayStateInMemory(2));
    await eventually(() => expect(versions).toEqual([3, 4]));
  });

  it('that died between publishing and moving its position publishes again rather than never', async () => {
    await append(0, 2);
    const versions = await received();
    const state = relayStateInMemory();
    let crashes = 0;
    void relay(state, { failpoint: (name) => { if (name === 'after-publish' && crashes++ === 0) throw new Error('crash'); } });
    await eventually(() => expect(versions).toEqual([1, 2, 1, 2]));
    await eventually(async () => expect(await state.publishedPosition()).toBe(2));
  });

  it('goes on after an outage where it was, and says once that there is one', async () => {
    await append(0, 2);
    const versions = await received();
    let down = 3;
    const flaky: Transport = {
      partitions: transport.partitions,
      publish: async (topic, messages) => (down-- > 0 ? Promise.reject(new Unavailable('broker')) : transport.publish(topic, messages)),
      consume: (options) => transport.consume(options),
      close: () => transport.close(),
    };
    void relay(relayStateInMemory(), { to: flaky });
    await eventually(() => expect(versions).toEqual([1, 2]));
    expect(service.log.entries.filter((entry) => entry.level === 'warn')).toHaveLength(1);
  });

  it('has one send in flight, never two', async () => {
    let inFlight = 0;
    let most = 0;
    const sent: PartitionedMessage[] = [];
    const slow: Transport = {
      partitions: transport.partitions,
      publish: async (_topic, messages) => {
        most = Math.max(most, ++inFlight);
        await service.clock.wait(1);
        sent.push(...messages);
        inFlight -= 1;
      },
      consume: (options) => transport.consume(options),
      close: () => transport.close(),
    };
    void relay(relayStateInMemory(), { to: slow });
    for (let i = 0; i < 20; i++) await append(i, 1);
    await eventually(() => expect(sent).toHaveLength(20));
    expect(most).toBe(1);
  });

  it('ends when another leader has taken over', async () => {
    await append(0, 1);
    await relay({ ...relayStateInMemory(), advance: async () => false });
    expect(stop.signal.aborted).toBe(false);
  });
});
