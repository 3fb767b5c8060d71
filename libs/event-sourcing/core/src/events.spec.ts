import { describe, expect, it } from '@jest/globals';
import { UnknownEventVersion } from './errors.js';
import { type AggregateContract, defineContract, type DomainEvent, EventRegistry, idOf, streamOf, upcastFrom } from './events.js';

const thing = (events: AggregateContract['events']): AggregateContract<never> =>
  defineContract({ service: 'test', name: 'thing', streamPrefix: 'thing', events }) as AggregateContract<never>;

describe('the registry of event types', () => {
  const registry = new EventRegistry([
    thing({
      moved: {
        version: 3,
        upcast: upcastFrom<{ to: string }>()
          .to<{ place: string }>((old) => ({ place: old.to }))
          .to((old) => ({ ...old, floor: 0 })),
      },
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

  it('refuses a chain of upcasters that is too short or too long, and a type that is defined twice', () => {
    const upcast = upcastFrom<object>().to(() => ({}));
    expect(() => new EventRegistry([thing({ moved: { version: 2 } })])).toThrow('moved: no upcaster from version 1');
    expect(() => new EventRegistry([thing({ moved: { version: 3, upcast } })])).toThrow('moved: no upcaster from version 2');
    expect(() => new EventRegistry([thing({ moved: { version: 1, upcast } })])).toThrow('moved: an upcaster to version 2, but the version is 1');
    expect(() => new EventRegistry([thing({ moved: { version: 1 } }), thing({ moved: { version: 1 } })])).toThrow('defined twice');
  });

  it('refuses two aggregates whose streams would have the same names', () => {
    expect(() => new EventRegistry([thing({ moved: { version: 1 } }), thing({ turned: { version: 1 } })])).toThrow('the stream prefix thing is used by test.thing and test.thing');
  });

  it('refuses a prefix with which the streams of another aggregate begin', () => {
    const other = { ...thing({ turned: { version: 1 } }), streamPrefix: 'thing-of-old' };
    expect(() => new EventRegistry([thing({ moved: { version: 1 } }), other])).toThrow('streams with the prefix thing-of-old would also be taken for streams with the prefix thing');
  });
});

describe('stream names', () => {
  it('hold the id, dashes and all', () => {
    const contract = { streamPrefix: 'opp' };
    expect(streamOf(contract, 'a-b-c')).toBe('opp-a-b-c');
    expect(idOf(contract, 'opp-a-b-c')).toBe('a-b-c');
  });
});

interface MovedV1 {
  readonly to: string;
}
interface MovedV2 {
  readonly place: string;
}
type MovedEvent = DomainEvent<'test.thing.moved', { readonly place: string; readonly floor: number }> | DomainEvent<'test.thing.sold', { readonly price: number }>;

/** Held by the type check: each of these lines must not compile. */
describe('a chain of upcasters', () => {
  const contract = (events: AggregateContract<MovedEvent>['events']): readonly string[] =>
    Object.keys(defineContract<MovedEvent>({ service: 'test', name: 'thing', streamPrefix: 'thing', events }).events);
  const sold = { version: 1 };

  it('compiles when each step gives what the next takes and the last gives the data of the event', () => {
    const upcast = upcastFrom<MovedV1>()
      .to<MovedV2>((old) => ({ place: old.to }))
      .to((old) => ({ place: old.place, floor: 0 }));
    expect(contract({ 'test.thing.moved': { version: 3, upcast }, 'test.thing.sold': sold })).toEqual(['test.thing.moved', 'test.thing.sold']);
  });

  it('does not compile when it ends in other data than that of the event', () => {
    const short = upcastFrom<MovedV1>().to<MovedV2>((old) => ({ place: old.to }));
    // @ts-expect-error -- `floor` is missing
    expect(contract({ 'test.thing.moved': { version: 2, upcast: short }, 'test.thing.sold': sold })).toHaveLength(2);
    const wrong = short.to((old) => ({ place: old.place, floor: 'ground' }));
    // @ts-expect-error -- `floor` is not a text
    expect(contract({ 'test.thing.moved': { version: 3, upcast: wrong }, 'test.thing.sold': sold })).toHaveLength(2);
  });

  it('does not compile when a step takes or gives other data than its neighbour', () => {
    // @ts-expect-error -- version 2 has a `place`
    expect(upcastFrom<MovedV1>().to<MovedV2>((old) => ({ to: old.to })).steps).toHaveLength(1);
    // @ts-expect-error -- version 1 has no `place`
    expect(upcastFrom<MovedV1>().to<MovedV2>((old) => ({ place: old.place })).steps).toHaveLength(1);
  });
});
