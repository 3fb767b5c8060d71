import { afterEach, describe, expect, it } from '@jest/globals';
import type { ReceivedBatch } from '@keyfold/event-sourcing';
import { eventually, LogBook, realClock } from '@keyfold/event-sourcing/testing';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import { PartitionWorker } from './partition-worker.js';

const records = (count: number, from = 0): KafkaMessage[] =>
  Array.from({ length: count }, (_, i) => {
    const record = { key: Buffer.from('k'), value: Buffer.from(String(from + i)), headers: {}, timestamp: '0', attributes: 0, offset: String(from + i) };
    return record as unknown as KafkaMessage;
  });
const last = (batch: ReceivedBatch): string => `${batch.partition}@${batch.messages.at(-1)!.offset}`;

const workers: PartitionWorker[] = [];
afterEach(() => workers.splice(0).forEach((worker) => worker.abandon()));

/** What kafkajs hands to a worker, and in which order the worker calls back. The edge of a library that is not ours. */
function session(onBatch: (batch: ReceivedBatch) => Promise<string | void>, { commit = (): Promise<void> => Promise.resolve(), concurrency = 8, noteOf = () => Promise.resolve('as committed') } = {}) {
  const calls: string[] = [];
  const settings = { topicPrefix: 'p.', clock: realClock, log: new LogBook() };
  const handled = async (batch: ReceivedBatch): Promise<string | void> => {
    const note = await onBatch(batch);
    calls.push(`handled ${last(batch)}`);
    return note;
  };
  const worker = new PartitionWorker(settings, { group: 'g', concurrency, notes: { of: noteOf }, onBatch: handled });
  workers.push(worker);
  const deliver = (messages: readonly KafkaMessage[], partition = 3): Promise<void> =>
    worker.eachBatch({
      batch: { topic: 'p.test.events.v1', partition, messages: [...messages] },
      resolveOffset: (offset: string) => void calls.push(`resolved ${partition}@${offset}`),
      commitOffsetsIfNecessary: ({ topics }: { topics: { partitions: { partition: number; offset: string; metadata: string }[] }[] }) => {
        for (const { partition: committed, offset, metadata } of topics[0]!.partitions) calls.push(`committed ${committed}@${offset} ${metadata}`);
        return commit();
      },
      heartbeat: async () => undefined,
      pause: () => {
        calls.push(`paused ${partition}`);
        return () => void calls.push(`resumed ${partition}`);
      },
    } as unknown as EachBatchPayload);
  const of = (what: string): string[] => calls.filter((call) => call.startsWith(what)).map((call) => call.slice(what.length + 1));
  return { calls, of, worker, deliver };
}

/** Batches that wait until they are let through, one after the other. */
function gate() {
  const begun: string[] = [];
  const waiting: (() => void)[] = [];
  return {
    begun,
    onBatch: async (batch: ReceivedBatch): Promise<void> => {
      begun.push(last(batch));
      await new Promise<void>((resolve) => waiting.push(resolve));
    },
    letThrough: () => waiting.shift()!(),
  };
}

describe('the offset of a partition', () => {
  it('is resolved for the next fetch at once, and committed for the next owner when the slice has been dealt with', async () => {
    const { begun, onBatch, letThrough } = gate();
    const { of, worker, deliver } = session(onBatch);
    await deliver(records(10));
    expect(of('resolved')).toEqual(['3@9']);
    await eventually(() => expect(begun).toEqual(['3@9']));
    expect(of('committed')).toEqual([]);
    letThrough();
    await worker.finish();
    expect(of('committed')).toEqual(['3@10 as committed']);
  });

  it('stays before a slice that was refused: it comes again, and nothing behind it is begun', async () => {
    let refusals = 0;
    const { of, worker, deliver } = session(async ({ messages }) => {
      if (messages.some(({ value }) => value === '600') && ++refusals < 3) throw new Error('no');
      return undefined;
    });
    await deliver(records(1_200));
    await eventually(() => expect(refusals).toBeGreaterThan(0));
    expect(of('handled')).toEqual(['3@499']);
    await eventually(() => expect(of('handled')).toEqual(['3@499', '3@999', '3@1199']));
    await worker.finish();
    expect(of('committed').at(-1)).toBe('3@1200 as committed');
  });

  it('stays before a slice that was let go of in the midst of it', async () => {
    const { begun, onBatch } = gate();
    const { of, worker, deliver } = session(onBatch);
    await deliver(records(10));
    await eventually(() => expect(begun).toHaveLength(1));
    worker.abandon();
    await worker.finish();
    expect(of('committed')).toEqual([]);
  });

  it('goes with the note of the slice, which the next slice is given', async () => {
    const notes: string[] = [];
    const { of, worker, deliver } = session(async ({ note, messages }) => {
      notes.push(note);
      return `up to ${messages.at(-1)!.offset}`;
    });
    await deliver(records(600));
    await eventually(() => expect(of('handled')).toHaveLength(2));
    await worker.finish();
    expect(notes).toEqual(['as committed', 'up to 499']);
    expect(of('committed').at(-1)).toBe('3@600 up to 599');
  });

  it('is committed behind the work, one request at a time, and the next one has all that was dealt with meanwhile', async () => {
    const first = Promise.withResolvers<void>();
    const { of, worker, deliver } = session(async () => undefined, { commit: () => first.promise });
    await deliver(records(1_200));
    await deliver(records(7), 4);
    await eventually(() => expect(of('handled')).toHaveLength(4));
    expect(of('committed')).toEqual(['3@500 as committed']);
    first.resolve();
    await worker.finish();
    expect(of('committed').slice(1).sort()).toEqual(['3@1200 as committed', '4@7 as committed']);
  });

  it('cannot be committed by a member that the group has given up: the next batch tells kafkajs', async () => {
    const { of, deliver } = session(async () => undefined, { commit: () => Promise.reject(new Error('rebalancing')) });
    await deliver(records(1));
    await eventually(() => expect(of('committed')).toHaveLength(1));
    await expect(deliver(records(1), 4)).rejects.toThrow('rebalancing');
  });
});

describe('what was fetched', () => {
  it('of one partition holds up no other, and no more are in hand than may be', async () => {
    const { begun, onBatch, letThrough } = gate();
    const { deliver } = session(onBatch, { concurrency: 2 });
    for (const partition of [1, 2, 3, 4]) await deliver(records(1), partition);
    await eventually(() => expect(begun).toEqual(['1@0', '2@0']));
    letThrough();
    await eventually(() => expect(begun).toEqual(['1@0', '2@0', '3@0']));
  });

  it('of a partition that is not dealt with is bounded: it is paused until there is room', async () => {
    const { begun, onBatch, letThrough } = gate();
    const { of, deliver } = session(onBatch);
    await deliver(records(1));
    expect(of('paused')).toEqual([]);
    await deliver(records(1, 1));
    await eventually(() => expect(begun).toHaveLength(1));
    expect([of('paused'), of('resumed')]).toEqual([['3'], []]);
    letThrough();
    await eventually(() => expect(of('resumed')).toEqual(['3']));
  });
});

describe('when the partitions are given out anew', () => {
  it('one that stays goes on where it is', async () => {
    const { begun, onBatch, letThrough } = gate();
    const { of, worker, deliver } = session(onBatch);
    await deliver(records(600));
    await eventually(() => expect(begun).toHaveLength(1));
    worker.assigned({ 'p.test.events.v1': [3] });
    letThrough();
    await eventually(() => expect(begun).toEqual(['3@499', '3@599']));
    letThrough();
    await eventually(() => expect(of('handled')).toHaveLength(2));
    await worker.finish();
    expect(of('committed').at(-1)).toBe('3@600 as committed');
  });

  it('one that stays has its offset committed again, which the group has refused meanwhile, and need not join once more', async () => {
    let refusals = 0;
    const { of, worker, deliver } = session(async () => undefined, { commit: () => (refusals++ === 0 ? Promise.reject(new Error('rebalancing')) : Promise.resolve()) });
    await deliver(records(1));
    await eventually(() => expect(of('committed')).toHaveLength(1));
    worker.assigned({ 'p.test.events.v1': [3] });
    await eventually(() => expect(of('committed')).toEqual(['3@1 as committed', '3@1 as committed']));
    await deliver(records(1), 4);
  });

  it('one that goes is left to its next owner: what is in hand ends early and commits nothing, what waits is dropped', async () => {
    const went = Promise.withResolvers<void>();
    const ends: string[] = [];
    const { of, worker, deliver } = session(async (batch) => {
      await went.promise;
      ends.push(await batch.ensureOwned().then(String, (error: Error) => error.message));
    });
    await deliver(records(600));
    worker.assigned({ 'p.test.events.v1': [4] });
    went.resolve();
    await worker.finish();
    expect(ends).toEqual(['p.test.events.v1/3 has gone to another member']);
    expect([of('committed'), of('resumed')]).toEqual([[], ['3']]);
  });
});

describe('a partition that comes back', () => {
  it('is dealt with from where its other owner has got to', async () => {
    const { of, worker, deliver } = session(async () => undefined);
    await deliver(records(1));
    worker.assigned({});
    worker.assigned({ 'p.test.events.v1': [3] });
    await deliver(records(1, 5));
    await eventually(() => expect(of('handled')).toContain('3@5'));
  });
});

describe('a batch that stands still', () => {
  it('is named at the second look after anything was done with it, whatever the other partitions do', async () => {
    const step = Promise.withResolvers<void>();
    const stepped = Promise.withResolvers<void>();
    const { of, worker, deliver } = session(async (batch) => {
      if (batch.partition === 4) return;
      await step.promise;
      await batch.ensureOwned();
      stepped.resolve();
      await new Promise(() => undefined);
    });
    await deliver(records(1));
    await deliver(records(1), 4);
    await eventually(() => expect(of('handled')).toEqual(['4@0']));
    expect(worker.standingStill()).toEqual([]);
    expect(worker.standingStill()).toEqual(['p.test.events.v1/3']);
    step.resolve();
    await stepped.promise;
    expect(worker.standingStill()).toEqual([]);
    expect(worker.standingStill()).toEqual(['p.test.events.v1/3']);
  });
});

describe('a member that leaves', () => {
  it('waits for no note of the group once it is abandoned', async () => {
    const { of, worker, deliver } = session(async () => undefined, { noteOf: () => new Promise(() => undefined) });
    await deliver(records(1));
    worker.abandon();
    await worker.finish();
    expect(of('handled')).toEqual([]);
  });

  it('finishes what is in hand, and begins nothing more', async () => {
    const { begun, onBatch, letThrough } = gate();
    const { of, worker, deliver } = session(onBatch, { concurrency: 1 });
    await deliver(records(600));
    await deliver(records(1), 4);
    await eventually(() => expect(begun).toHaveLength(1));
    const finished = worker.finish();
    await deliver(records(1), 5);
    letThrough();
    await finished;
    expect(begun).toEqual(['3@499']);
    expect(of('committed')).toEqual(['3@500 as committed']);
  });
});
