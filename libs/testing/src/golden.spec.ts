import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defineContract, type DomainEvent, upcastFrom, type Upcasters } from '@keyfold/event-sourcing';
import { goldenStories, holesIn, statesAlong } from './golden.js';

type Moved = { readonly place: string; readonly floor: number };
type ThingEvent = DomainEvent<'test.thing.bought', { readonly price: number }> | DomainEvent<'test.thing.moved', Moved>;

const chain = upcastFrom<{ readonly to: string }>()
  .to<{ readonly place: string }>((old) => ({ place: old.to }))
  .to<Moved>((old) => ({ ...old, floor: 0 }));

const thing = (upcast: Upcasters<Moved>) =>
  defineContract<ThingEvent>({
    service: 'test',
    name: 'thing',
    streamPrefix: 'thing',
    events: { 'test.thing.bought': { version: 1 }, 'test.thing.moved': { version: 3, upcast } },
  });

interface Thing {
  readonly worth: number;
  readonly at: string | null;
}
const evolve = (state: Thing, fact: { readonly type: string; readonly data: object }): Thing =>
  fact.type === 'test.thing.bought'
    ? { ...state, worth: (fact.data as { price: number }).price }
    : { ...state, at: `${(fact.data as Moved).place.toUpperCase()} ${(fact.data as Moved).floor}` };
const fold = { initial: { worth: 0, at: null }, evolve };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'golden-'));
  const write = (type: string, version: number, data: object): void => {
    mkdirSync(join(folder, type), { recursive: true });
    writeFileSync(join(folder, type, `v${version}.json`), JSON.stringify(data));
  };
  write('test.thing.bought', 1, { price: 7 });
  write('test.thing.moved', 1, { to: 'Lyon' });
  write('test.thing.moved', 2, { place: 'Nice' });
  write('test.thing.moved', 3, { place: 'Metz', floor: 3 });
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('golden stories', () => {
  it('tell every version of every event once, the other events in the current one', () => {
    const stories = goldenStories({ contract: thing(chain) }, folder);
    expect(stories.map(({ type, version }) => `${type} ${version}`)).toEqual([
      'test.thing.bought 1',
      'test.thing.moved 1',
      'test.thing.moved 2',
      'test.thing.moved 3',
    ]);
    expect(stories.map((story) => statesAlong(story, fold).at(-1))).toEqual([
      { worth: 7, at: 'METZ 3' },
      { worth: 7, at: 'LYON 0' },
      { worth: 7, at: 'NICE 0' },
      { worth: 7, at: 'METZ 3' },
    ]);
  });

  it('fail where an old version is not upcast to what the fold takes', () => {
    const careless = upcastFrom<{ readonly to: string }>()
      .to<{ readonly place: string }>((old) => old as unknown as { readonly place: string })
      .to<Moved>((old) => ({ ...old, floor: 0 }));
    const [, first] = goldenStories({ contract: thing(careless) }, folder);
    expect(() => statesAlong(first!, fold)).toThrow(TypeError);
  });

  it('fail without the golden payload of an old version', () => {
    rmSync(join(folder, 'test.thing.moved', 'v2.json'));
    expect(() => goldenStories({ contract: thing(chain) }, folder)).toThrow('v2.json');
  });
});

describe('holes', () => {
  it('are what is undefined or not a number, wherever it is', () => {
    expect(holesIn({ a: null, b: [{ c: undefined }, 0], d: { e: Number.NaN, f: '' }, g: new Map([['h', undefined]]) })).toEqual([
      '$.b.0.c',
      '$.d.e',
      '$.g.h',
    ]);
  });
});
