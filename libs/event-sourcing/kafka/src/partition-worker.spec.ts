import { describe, expect, it } from '@jest/globals';
import type { ReceivedBatch } from '@keyfold/event-sourcing';
import { LogBook, realClock } from '@keyfold/event-sourcing/testing';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { PartitionWorker } from './partition-worker.js';

const records = (count: number): KafkaMessage[] =>
  Array.from(
    { length: count },
    (_, i) =>
      ({
        key: Buffer.from('k'),
        value: Buffer.from(String(i)),
        headers: {},
        timestamp: '0',
        attributes: 0,
        offset: String(i),
      }) as unknown as KafkaMessage,
  );

/** What kafkajs hands to a worker, and in which order the worker calls back. The edge of a library that is not ours. */
function session(onBatch: (batch: ReceivedBatch) => Promise<void>, commit = (): Promise<void> => Promise.resolve()) {
  const calls: string[] = [];
  const settings = { brokers: [], clientId: 'test', topicPrefix: 'p.', clock: realClock, log: new LogBook() };
  const handled = async (batch: ReceivedBatch): Promise<void> => {
    await onBatch(batch);
    calls.push(`handled ${batch.messages.at(-1)!.offset}`);
  };
  const notes = { of: async () => '', set: async () => undefined };
  const worker = new PartitionWorker(settings, { group: 'g', heartbeatMs: 60_000, notes, onBatch: handled });
  const deliver = (messages: readonly KafkaMessage[], partition = 3): Promise<void> =>
    worker.eachBatch({
      batch: { topic: 'p.test.events.v1', partition, messages: [...messages] },
      isRunning: () => true,
      isStale: () => false,
      resolveOffset: (offset: string) => void calls.push(`resolved ${offset}`),
      commitOffsetsIfNecessary: (offsets: { topics: { partitions: { offset: string }[] }[] }) => {
        calls.push(`committed ${offsets.topics[0]!.partitions.map(({ offset }) => offset).join()}`);
        return commit();
      },
      heartbeat: async () => undefined,
      pause: () => {
        calls.push('paused');
        return () => undefined;
      },
    } as unknown as EachBatchPayload);
  return { calls, worker, deliver };
}

describe('the offset of a partition', () => {
  it('moves behind a slice when it has been dealt with: first for the next fetch, then for the next owner', async () => {
    const { calls, worker, deliver } = session(async () => undefined);
    await deliver(records(700));
    await worker.settled();
    expect(calls).toEqual(['handled 499', 'resolved 499', 'committed 500', 'handled 699', 'resolved 699', 'committed 700']);
  });

  it('stays before a slice that was refused, and nothing behind it is begun', async () => {
    const { calls, worker, deliver } = session(({ messages }) =>
      messages.some(({ value }) => value === '600') ? Promise.reject(new Error('no')) : Promise.resolve(),
    );
    await deliver(records(1_200));
    expect(calls).toEqual(['handled 499', 'resolved 499', 'committed 500', 'paused']);
    worker.abandon();
  });

  it('stays before a slice that was let go of in the midst of it', async () => {
    const { calls, worker, deliver } = session(() => new Promise(() => undefined));
    const delivering = deliver(records(10));
    worker.abandon();
    await delivering;
    expect(calls).toEqual([]);
  });

  it('is committed behind the work, one request at a time, and the next one has all that was dealt with meanwhile', async () => {
    const first = Promise.withResolvers<void>();
    const { calls, worker, deliver } = session(
      async () => undefined,
      () => first.promise,
    );
    await deliver(records(1_200));
    await deliver(records(7), 4);
    expect(calls.filter((call) => call.startsWith('committed'))).toEqual(['committed 500']);
    first.resolve();
    await worker.settled();
    expect(calls.filter((call) => call.startsWith('committed'))).toEqual(['committed 500', 'committed 1200,7']);
  });

  it('cannot be committed by a member that the group has given up: the next batch tells kafkajs', async () => {
    const { worker, deliver } = session(
      async () => undefined,
      () => Promise.reject(new Error('rebalancing')),
    );
    await deliver(records(1));
    await worker.settled();
    await expect(deliver(records(1), 4)).rejects.toThrow('rebalancing');
  });
});
