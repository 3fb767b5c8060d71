import { describe, expect, it } from '@jest/globals';
import { UnknownEventVersion } from './errors.js';
import { type AggregateContract, defineContract, EventRegistry, idOf, streamOf } from './events.js';

const thing = (events: AggregateContract['events']): AggregateContract<never> =>
  defineContract({ service: 'test', name: 'thing', streamPrefix: 'thing', events }) as AggregateContract<never>;

describe('the registry of event types', () => {
  const registry = new EventRegistry([
    thing({
      moved: { version: 3, upcast: { 1: (data: { to: string }) => ({ place: data.to }), 2: (data: { place: string }) => ({ ...data, floor: 0 }) } },
    }),
  ]);

  it('brings data of every old version to the current one', () => {
    expect(registry.upcast('moved', 1, { to: 'Lyon' })).toEqual({ place: 'Lyon', floor: 0 });
    expect(registry.upcast('moved', 2, { place: 'Lyon' })).toEqual({ place: 'Lyon', floor: 0 });
    expect(registry.upcast('moved', 3, { place: 'Lyon', floor: 4 })).toEqual({ place: 'Lyon', floor: 4 });
  });

  it.each([4, 0, -1, 1.5, NaN])('knows no version %s', (version) => {
    expect(() => registry.upcast('moved', version, {})).toThrow(UnknownEventVersion);
  });

  it('leaves data of a type it does not know untouched', () => {
    const data = { anything: true };
    expect(registry.knows('unheard')).toBe(false);
    expect(registry.upcast('unheard', 9, data)).toBe(data);
    expect(() => registry.spec('unheard')).toThrow(/not in the contracts/);
  });

  it('refuses a chain of upcasters with a hole, and a type that is defined twice', () => {
    expect(() => new EventRegistry([thing({ moved: { version: 3, upcast: { 1: () => ({}) } } })])).toThrow('moved: no upcaster from version 2');
    expect(() => new EventRegistry([thing({ moved: { version: 1 } }), thing({ moved: { version: 1 } })])).toThrow('defined twice');
  });

  it('refuses two aggregates whose streams would have the same names', () => {
    expect(() => new EventRegistry([thing({ moved: { version: 1 } }), thing({ turned: { version: 1 } })])).toThrow('the stream prefix thing is used by test.thing and test.thing');
  });
});

describe('stream names', () => {
  it('hold the id, dashes and all', () => {
    const contract = { streamPrefix: 'opp' };
    expect(streamOf(contract, 'a-b-c')).toBe('opp-a-b-c');
    expect(idOf(contract, 'opp-a-b-c')).toBe('a-b-c');
  });
});
