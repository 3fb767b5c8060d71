import { resolve } from 'node:path';
import { schemasOf } from '../contracts/event-types.mjs';

const ENTRY = resolve(import.meta.dirname, '../../libs/contracts/src/made-up.events.ts');

/** The sources of one contract with one event type, `test.thing.moved`. */
const source = (data, more = '') => `
  import type { AggregateContract, DomainEvent } from '@keyfold/event-sourcing';
  import type { DateOnly, Instant, Money, Personal } from './common.js';
  export const used = (each: DateOnly | Instant | Money | Personal) => each;
  ${more}
  export type ThingEvent = DomainEvent<'test.thing.moved', ${data}>;
  export declare const thingContract: AggregateContract<ThingEvent>;
`;
export const TYPE = 'test.thing.moved';
export const compiled = (data, more) => schemasOf(ENTRY, source(data, more));
export const schemaOf = (data, more) => compiled(data, more).get(TYPE);
