import type { DomainEvent, Fact } from '@keyfold/event-sourcing';
import { DomainError } from '@keyfold/event-sourcing';

/** What each event of a union does to a state: a type that is not folded does not compile. */
export type Folds<State, E extends DomainEvent> = { readonly [Type in E['type']]: (state: State, fact: Fact<Extract<E, { readonly type: Type }>>) => State };

/** Parts of a plan are lists with ids that the caller chose: a list keeps its order, and an id can be called like something of JavaScript's own. */
export interface Item {
  readonly id: string;
}

export const find = <T extends Item>(items: readonly T[], id: string): T | undefined => items.find((item) => item.id === id);

/** With this item, in the place of the one before it. */
export const put = <T extends Item>(items: readonly T[], item: T): readonly T[] =>
  find(items, item.id) ? items.map((one) => (one.id === item.id ? item : one)) : [...items, item];

export const without = <T extends Item>(items: readonly T[], id: string): readonly T[] => items.filter((item) => item.id !== id);

/** With this item changed; nothing where it is not there. */
export const change = <T extends Item>(items: readonly T[], id: string, changed: Partial<T>): readonly T[] => items.map((item) => (item.id === id ? { ...item, ...changed } : item));

/** Room for one more under this id. */
export function assertRoom(items: readonly Item[], id: string, limit: number): void {
  if (items.length >= limit && !find(items, id)) throw new DomainError('plan-full', { limit });
}

/** Plain JSON says the same; the order of the fields is not content. */
export function sameContent(a: object | undefined, b: object): boolean {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.fromEntries(Object.entries(value).sort(([x], [y]) => (x < y ? -1 : 1)).map(([key, part]) => [key, sorted(part)])) : value;
  return a !== undefined && JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}
