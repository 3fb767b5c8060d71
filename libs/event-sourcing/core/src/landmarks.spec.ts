import { describe, expect, it } from '@jest/globals';
import { landmarkAfter, resume } from './landmarks.js';
import type { Landmark, Message, RelayPlace } from './ports.js';

const landmark = (n: number): Landmark => ({ offset: String(n), eventId: `event-${n}`, position: n });
const after = (offsets: readonly number[]): Landmark =>
  offsets.map(landmark).reduce<Landmark | undefined>((last, next) => landmarkAfter(last, next), undefined)!;
const chain = (last: Landmark | undefined): string[] => (last ? [last.offset, ...chain(last.before)] : []);
const message = (n: number, id = `event-${n}`): Message => ({ key: 'k', headers: { ce_id: id, ce_position: String(n) }, value: '{}' });

/** A topic whose partitions end at these offsets; every record's position is its offset. */
const topic = (ends: Readonly<Record<number, number>>) => async (places: readonly { partition: number; offset: string }[]) =>
  new Map(places.map(({ partition, offset }) => [partition, Number(offset) < (ends[partition] ?? 0) ? message(Number(offset)) : null]));

describe('landmarks', () => {
  it('keep one that is far enough back, and never more than three', () => {
    expect(chain(after([5]))).toEqual(['5']);
    expect(chain(after([5, 6, 900, 10_004]))).toEqual(['10004', '5']);
    const many = after(Array.from({ length: 200 }, (_, i) => i * 700));
    expect(chain(many)).toHaveLength(3);
    const distance = Number(many.offset) - Number(chain(many)[2]);
    expect(distance).toBeGreaterThanOrEqual(10_000);
    expect(distance).toBeLessThan(3 * 10_700);
  });
});

describe('publishing resumes', () => {
  const saved = (partitions: Record<number, Landmark>, position: number): RelayPlace => ({
    position,
    partitions: new Map(Object.entries(partitions).map(([p, l]) => [Number(p), l])),
  });

  it('where it was when everything stands where it was written', async () => {
    const place = saved({ 1: landmark(40), 2: landmark(50) }, 50);
    expect(await resume(place, topic({ 1: 41, 2: 60 }))).toEqual({ place, lost: null });
  });

  it('behind the landmark before the lost end, and leaves the other partitions theirs', async () => {
    const one = after([100, 20_000, 30_000]);
    const two = landmark(29_000);
    const { place, lost } = await resume(saved({ 1: one, 2: two }, 30_000), topic({ 1: 25_000, 2: 30_000 }));
    expect(place).toEqual({
      position: 20_000,
      partitions: new Map([
        [1, one.before!],
        [2, two],
      ]),
    });
    expect(lost).toEqual({ partitions: [1], reason: 'the topic has lost its end' });
  });

  it('from the beginning when nothing stands where it was written', async () => {
    const { place, lost } = await resume(saved({ 1: after([100, 20_000, 30_000]), 2: landmark(4) }, 30_000), topic({}));
    expect(place).toEqual({ position: 0, partitions: new Map() });
    expect(lost).toEqual({ partitions: [1, 2], reason: 'the topic is empty or was made anew' });
  });

  it('from the beginning when other records stand there: the topic was made anew and has grown', async () => {
    const { place } = await resume(saved({ 1: landmark(7) }, 7), async () => new Map([[1, message(7, 'another')]]));
    expect(place.position).toBe(0);
    const other = await resume(saved({ 1: landmark(7) }, 7), async () => new Map([[1, message(8, 'event-7')]]));
    expect(other.place.position).toBe(0);
  });

  it('never ahead of the saved position', async () => {
    const { place } = await resume(saved({ 1: after([100, 20_000, 30_000]) }, 10), topic({ 1: 25_000 }));
    expect(place.position).toBe(10);
  });
});
