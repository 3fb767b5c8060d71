import { describe, expect, it } from '@jest/globals';
import { type Clock, type PartitionedMessage, Unavailable } from '@keyfold/event-sourcing';
import { eventually, realClock, transportContract } from '@keyfold/event-sourcing/testing';
import { InProcessTransport } from './in-process-transport.js';

transportContract('in process', async () => {
  const transport = new InProcessTransport(realClock);
  return { transport, topics: ['a.events.v1', 'b.events.v1'], close: () => transport.close() };
});

const batch = (count: number, from = 0): PartitionedMessage[] =>
  Array.from({ length: count }, (_, i) => ({ partition: 3, key: 'k', headers: {}, value: String(from + i) }));

/** A clock on which every wait is over at once, so that deadlines come without waiting. */
const hastyClock = (): Clock => {
  let now = 0;
  return { now: () => new Date(now), wait: async (ms, signal) => (signal?.aborted ? undefined : void (now += ms)) };
};

describe('the in-process transport', () => {
  it('makes the publisher wait for a group that does not come along, and lets it go on afterwards', async () => {
    const transport = new InProcessTransport(realClock);
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let handled = 0;
    await transport.consume({ group: 'slow', topics: ['t'], onBatch: async (received) => gate.then(() => void (handled += received.messages.length)) });
    await transport.publish('t', batch(2_000));
    let through = false;
    const more = transport.publish('t', batch(10, 2_000)).then(() => (through = true));
    await transport.publish('elsewhere', batch(1));
    expect(through).toBe(false);
    open();
    await more;
    await eventually(() => expect(handled).toBe(2_010));
    await transport.close();
  });

  it('says that it is not available when the group stays behind, and has kept nothing of the publish', async () => {
    const transport = new InProcessTransport(hastyClock());
    const values: string[] = [];
    let broken = true;
    await transport.consume({ group: 'stuck', topics: ['t'], onBatch: () => new Promise(() => undefined) });
    await transport.publish('t', batch(2_000));
    await expect(transport.publish('t', batch(10, 5_000))).rejects.toThrow(Unavailable);
    await transport.consume({
      group: 'other',
      topics: ['t'],
      onBatch: async (received) => {
        if (broken) {
          broken = false;
          throw new Error('first time');
        }
        values.push(...received.messages.map((message) => message.value));
      },
    });
    await eventually(() => expect(values).toHaveLength(2_000));
    expect(values).not.toContain('5000');
    await transport.close();
  });

  it('frees what every group has had, and refuses a group that comes too late for the beginning', async () => {
    const transport = new InProcessTransport(realClock);
    let handled = 0;
    await transport.consume({ group: 'g', topics: ['t'], onBatch: async (received) => void (handled += received.messages.length) });
    for (let from = 0; from < 5_000; from += 500) await transport.publish('t', batch(500, from));
    await eventually(() => expect(handled).toBe(5_000));
    await expect(transport.consume({ group: 'late', topics: ['t'], onBatch: async () => undefined })).rejects.toThrow(/too late/);
    await transport.close();
  });

  it('keeps a bounded tail of a topic that nobody reads', async () => {
    const transport = new InProcessTransport(realClock);
    for (let from = 0; from < 10_000; from += 500) await transport.publish('t', batch(500, from));
    await expect(transport.consume({ group: 'late', topics: ['t'], onBatch: async () => undefined })).rejects.toThrow(/too late/);
    await transport.close();
  });

  it('lets the last message with a key be read back, however many without one came behind it', async () => {
    const transport = new InProcessTransport(realClock);
    const [place] = await transport.publish('t', batch(1, 7));
    for (let sends = 0; sends < 5_000; sends += 500) await transport.publish('t', batch(500).map((message) => ({ ...message, key: '' })));
    expect((await transport.readBack('t', [place!])).get(3)).toMatchObject({ key: 'k', value: '7' });
    expect((await transport.readBack('t', [{ partition: 3, offset: '1' }])).get(3)).toBeNull();
    await transport.close();
  });
});
