import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Consumer, PartitionedMessage, ReceivedBatch, Transport } from '../ports.js';
import { eventually, within } from './eventually.js';

export interface TransportUnderTest {
  readonly transport: Transport;
  /** Two topics that exist and are empty. */
  readonly topics: readonly [string, string];
  close(): Promise<void>;
}

/** Groups of a real broker take their time to form. */
const DEADLINE = { deadlineMs: 60_000, everyMs: 20 };

/** What every transport promises (G5): at least once, in order per partition, and never a skip. */
export function transportContract(name: string, make: () => Promise<TransportUnderTest>): void {
  describe(`transport: ${name}`, () => {
    let tested: TransportUnderTest;
    let transport: Transport;
    let topic: string;
    beforeEach(async () => {
      tested = await make();
      ({ transport } = tested);
      topic = tested.topics[0];
    }, 120_000);
    afterEach(() => tested.close(), 120_000);

    const consume = (group: string, onBatch: (batch: ReceivedBatch) => Promise<void>, topics: readonly string[] = [topic]): Promise<Consumer> =>
      transport.consume({ group, topics, onBatch });

    it('delivers keys, headers and values as they are', async () => {
      const sent = [
        message(3, 'ключ', { value: '{"text":"Ünïcode ✓ 漢字 \u{1F511}"}', headers: { ce_id: '1', ce_note: 'é', 'content-type': 'application/json' } }),
        message(3, 'k', { value: '{}', headers: {} }),
      ];
      await transport.publish(topic, sent);
      const log = new Log();
      await consume(newGroup(), log.keep);
      await eventually(() => expect(log.of(topic, 3)).toHaveLength(2), DEADLINE);
      expect(log.of(topic, 3)).toMatchObject(sent.map(({ key, headers, value }) => ({ key, headers, value })));
    }, 120_000);

    it('keeps the order of each partition over many sends', async () => {
      const log = new Log();
      await consume(newGroup(), log.keep);
      const partitions = [0, 5, 11, 23];
      for (let send = 0; send < 10; send++)
        await transport.publish(topic, Array.from({ length: 60 }, (_, i) => message(partitions[i % 4]!, `k${i % 4}`, { value: String(send * 60 + i) })));
      await eventually(() => expect(log.count()).toBe(600), DEADLINE);
      for (const [i, partition] of partitions.entries()) {
        expect(log.of(topic, partition).map((received) => Number(received.value))).toEqual(Array.from({ length: 150 }, (_, n) => n * 4 + i));
        const offsets = log.of(topic, partition).map((received) => BigInt(received.offset));
        expect(offsets.every((offset, n) => n === 0 || offset > offsets[n - 1]!)).toBe(true);
      }
    }, 120_000);

    it('hands over at most 500 messages at a time', async () => {
      await transport.publish(topic, Array.from({ length: 1_300 }, (_, i) => message(2, 'k', { value: String(i) })));
      const log = new Log();
      await consume(newGroup(), log.keep);
      await eventually(() => expect(log.of(topic, 2)).toHaveLength(1_300), DEADLINE);
      expect(Math.max(...log.sizes)).toBeLessThanOrEqual(500);
      expect(log.of(topic, 2).map((received) => Number(received.value))).toEqual(Array.from({ length: 1_300 }, (_, i) => i));
    }, 120_000);

    it('gives a new group everything from the beginning, of all its topics', async () => {
      const [one, two] = tested.topics;
      await transport.publish(one, [message(0, 'k', { value: 'a' })]);
      await transport.publish(two, [message(7, 'k', { value: 'b' })]);
      const early = new Log();
      await consume(newGroup(), early.keep, [one, two]);
      await eventually(() => expect(early.values()).toEqual(['a', 'b']), DEADLINE);
      await transport.publish(one, [message(0, 'k', { value: 'c' })]);
      const late = new Log();
      await consume(newGroup(), late.keep, [one, two]);
      await eventually(() => expect(late.values()).toEqual(['a', 'b', 'c']), DEADLINE);
      await eventually(() => expect(early.values()).toEqual(['a', 'b', 'c']), DEADLINE);
    }, 120_000);

    it('shares the partitions among the members of a group and leaves no message unhandled', async () => {
      const group = newGroup();
      const [first, second] = [new Log(), new Log()];
      await consume(group, first.keep);
      await consume(group, second.keep);
      const sent: string[] = [];
      await eventually(async () => {
        const value = randomUUID();
        sent.push(value);
        await transport.publish(topic, Array.from({ length: transport.partitions }, (_, partition) => message(partition, 'k', { value })));
        expect(first.count()).toBeGreaterThan(0);
        expect(second.count()).toBeGreaterThan(0);
      }, DEADLINE);
      const all = new Set(sent.flatMap((value) => Array.from({ length: transport.partitions }, (_, partition) => `${partition}:${value}`)));
      await eventually(() => expect(new Set([...first.handled(), ...second.handled()])).toEqual(all), DEADLINE);
    }, 120_000);

    it('brings a rejected batch again and skips nothing behind it', async () => {
      let rejections = 0;
      const log = new Log();
      await consume(newGroup(), async (batch) => {
        if (batch.partition === 4 && batch.messages.some((received) => received.value === '2') && rejections < 3) {
          rejections += 1;
          throw new Error('not now');
        }
        await log.keep(batch);
      });
      for (let i = 0; i < 6; i++) await transport.publish(topic, [message(4, 'k', { value: String(i) }), message(5, 'l', { value: String(i) })]);
      await eventually(() => {
        expect(log.firsts(topic, 4)).toEqual(['0', '1', '2', '3', '4', '5']);
        expect(log.firsts(topic, 5)).toEqual(['0', '1', '2', '3', '4', '5']);
      }, DEADLINE);
      expect(rejections).toBe(3);
    }, 120_000);

    it('moves the offset only after a batch is dealt with: the next member gets what a dead one left', async () => {
      const group = newGroup();
      let taken = 0;
      let die: (error: Error) => void = () => undefined;
      const death = new Promise<void>((_, reject) => (die = reject));
      death.catch(() => undefined);
      const doomed = await consume(group, () => {
        taken += 1;
        return death;
      });
      await transport.publish(topic, [message(1, 'k', { value: 'x' }), message(1, 'k', { value: 'y' })]);
      await eventually(() => expect(taken).toBeGreaterThan(0), DEADLINE);
      const stopped = doomed.stop();
      die(new Error('killed'));
      await within(DEADLINE.deadlineMs, stopped);

      const heir = new Log();
      await consume(group, heir.keep);
      await eventually(() => expect(heir.firsts(topic, 1)).toEqual(['x', 'y']), DEADLINE);
    }, 120_000);

    it('goes on where the group was after its member stopped', async () => {
      const group = newGroup();
      const before = new Log();
      const member = await consume(group, before.keep);
      await transport.publish(topic, [message(6, 'k', { value: 'a' })]);
      await eventually(() => expect(before.values()).toEqual(['a']), DEADLINE);
      await member.stop();
      await transport.publish(topic, [message(6, 'k', { value: 'b' })]);
      const after = new Log();
      await consume(group, after.keep);
      await eventually(() => expect(after.firsts(topic, 6)).toContain('b'), DEADLINE);
      expect(before.values()).toEqual(['a']);
    }, 120_000);

    it('tells where the last message of each partition stands, and reads back what is there', async () => {
      const of = (partition: number, n: number): PartitionedMessage => message(partition, `k${partition}`, { headers: { ce_id: `${partition}-${n}` }, value: String(n) });
      const first = await transport.publish(topic, [of(2, 0), of(9, 0), of(2, 1), of(2, 2)]);
      expect([...first].sort((a, b) => a.partition - b.partition)).toEqual([
        { partition: 2, offset: '2' },
        { partition: 9, offset: '0' },
      ]);
      const [last] = await transport.publish(topic, Array.from({ length: 700 }, (_, i) => of(2, 3 + i)));
      expect(last).toEqual({ partition: 2, offset: '702' });
      const read = await transport.readBack(topic, [{ partition: 2, offset: '702' }, { partition: 9, offset: '0' }, { partition: 5, offset: '0' }]);
      const { partition: _, ...sent } = of(2, 702);
      expect(read.get(2)).toMatchObject(sent);
      expect(read.get(9)?.headers).toMatchObject({ ce_id: '9-0' });
      expect(read.get(5)).toBeNull();
      const inside = await transport.readBack(topic, [{ partition: 2, offset: '1' }, { partition: 9, offset: '1' }]);
      expect(inside.get(2)?.headers).toMatchObject({ ce_id: '2-1' });
      expect(inside.get(9)).toBeNull();
    }, 120_000);

    it('keeps a note with the offset, and gives it to whoever goes on', async () => {
      const group = newGroup();
      const notes: string[] = [];
      let refuse = true;
      const noting = async (batch: ReceivedBatch): Promise<string | void> => {
        if (batch.partition !== 4) return;
        for (const { value } of batch.messages) notes.push(`${value}: ${batch.note}`);
        if (batch.messages.some(({ value }) => value === 'silent')) return;
        if (batch.messages.some(({ value }) => value === 'refused') && refuse) {
          refuse = false;
          throw new Error('not now');
        }
        return `after ${batch.messages.at(-1)!.value}`;
      };
      const send = async (value: string) => {
        const before = notes.length;
        await transport.publish(topic, [message(4, 'k', { value })]);
        await eventually(() => expect(notes.length).toBeGreaterThan(before), DEADLINE);
      };
      const member = await transport.consume({ group, topics: [topic], onBatch: noting });
      await send('a');
      await send('refused');
      await eventually(() => expect(notes).toHaveLength(3), DEADLINE);
      await send('silent');
      expect(notes).toEqual(['a: ', 'refused: after a', 'refused: after a', 'silent: after refused']);
      await member.stop();
      await transport.consume({ group, topics: [topic], onBatch: noting });
      await send('b');
      await eventually(() => expect(notes.at(-1)).toBe('b: after refused'), DEADLINE);
    }, 120_000);

    it('keeps groups independent: one that fails holds up no other', async () => {
      const healthy = new Log();
      let failures = 0;
      await consume(newGroup(), () => {
        failures += 1;
        return Promise.reject(new Error('broken'));
      });
      await consume(newGroup(), healthy.keep);
      await transport.publish(topic, Array.from({ length: 50 }, (_, i) => message(8, 'k', { value: String(i) })));
      await eventually(() => expect(healthy.of(topic, 8)).toHaveLength(50), DEADLINE);
      await eventually(() => expect(failures).toBeGreaterThan(1), DEADLINE);
    }, 120_000);

    it('delivers nothing more once a member has stopped', async () => {
      const log = new Log();
      const member = await consume(newGroup(), log.keep);
      await transport.publish(topic, [message(0, 'k', { value: 'a' })]);
      await eventually(() => expect(log.values()).toEqual(['a']), DEADLINE);
      await member.stop();
      const witness = new Log();
      await consume(newGroup(), witness.keep);
      await transport.publish(topic, [message(0, 'k', { value: 'b' })]);
      await eventually(() => expect(witness.values()).toEqual(['a', 'b']), DEADLINE);
      expect(log.values()).toEqual(['a']);
    }, 120_000);
  });
}

const newGroup = (): string => `contract-${randomUUID()}`;

const message = (partition: number, key: string, rest: Partial<PartitionedMessage> = {}): PartitionedMessage => ({ partition, key, headers: { ce_id: 'x' }, value: '{}', ...rest });

type Received = ReceivedBatch['messages'][number];

/** What a member received, by topic and partition, in the order in which it came. */
class Log {
  private readonly partitions = new Map<string, Received[]>();
  readonly sizes: number[] = [];

  readonly keep = async (batch: ReceivedBatch): Promise<void> => {
    const key = `${batch.topic}/${batch.partition}`;
    this.partitions.set(key, [...(this.partitions.get(key) ?? []), ...batch.messages]);
    this.sizes.push(batch.messages.length);
    await batch.ensureOwned();
  };

  of(topic: string, partition: number): readonly Received[] {
    return this.partitions.get(`${topic}/${partition}`) ?? [];
  }

  /** Values of a partition in the order of their first arrival: at least once means that they may come again. */
  firsts(topic: string, partition: number): string[] {
    return [...new Set(this.of(topic, partition).map((received) => received.value))];
  }

  values(): string[] {
    return [...new Set([...this.partitions.values()].flat().map((received) => received.value))].sort();
  }

  handled(): string[] {
    return [...this.partitions].flatMap(([key, received]) => received.map(({ value }) => `${key.slice(key.lastIndexOf('/') + 1)}:${value}`));
  }

  count(): number {
    return [...this.partitions.values()].reduce((sum, received) => sum + received.length, 0);
  }
}
