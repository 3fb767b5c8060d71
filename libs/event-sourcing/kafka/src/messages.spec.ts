import { describe, expect, it } from '@jest/globals';
import type { PartitionedMessage } from '@keyfold/event-sourcing';
import type { KafkaMessage } from 'kafkajs';
import { inRequests, sizeOf, toMessage } from './messages.js';

const message = (value: string): PartitionedMessage => ({ key: 'k', partition: 0, headers: { ce_id: '1' }, value });
const record = (fields: Partial<KafkaMessage>): KafkaMessage =>
  ({ key: null, value: null, timestamp: '0', attributes: 0, offset: '7', headers: {}, ...fields }) as KafkaMessage;

describe('requests', () => {
  const unit = sizeOf(message('x'));
  const split = (values: string[], maxBytes: number) =>
    [...inRequests(values.map(message), maxBytes)].map((request) => request.map(({ value }) => value));

  it('take as many messages as fit, in order', () => {
    expect(split(['a', 'b', 'c', 'd', 'e'], 2 * unit)).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it('carry a message that is too large by itself alone', () => {
    const large = 'y'.repeat(10 * unit);
    expect(split(['a', large, 'b'], 2 * unit)).toEqual([['a'], [large], ['b']]);
    expect(split([large], 2 * unit)).toEqual([[large]]);
  });

  it('are none for no messages', () => {
    expect(split([], unit)).toEqual([]);
  });

  it('count bytes, not characters, of key, headers and value', () => {
    expect(sizeOf(message('é')) - sizeOf(message('e'))).toBe(1);
    expect(sizeOf({ ...message('e'), key: '🚀' }) - sizeOf({ ...message('e'), key: 'k' })).toBe(3);
    expect(sizeOf({ ...message('e'), headers: { ce_id: '漢' } }) - sizeOf(message('e'))).toBe(2);
  });
});

describe('a received record', () => {
  it('has its key, headers and value as text', () => {
    const received = toMessage(
      record({
        key: Buffer.from('ключ'),
        value: Buffer.from('{"é":1}'),
        headers: { ce_id: Buffer.from('ü'), twice: [Buffer.from('a'), 'b'], none: undefined },
      }),
    );
    expect(received).toEqual({ key: 'ключ', value: '{"é":1}', headers: { ce_id: 'ü', twice: 'b' }, offset: '7' });
  });

  it('has empty text where the producer sent nothing', () => {
    expect(toMessage(record({}))).toEqual({ key: '', value: '', headers: {}, offset: '7' });
  });
});
