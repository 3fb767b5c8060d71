import { describe, expect, it, jest } from '@jest/globals';
import { validator } from '../contracts/validation.mjs';
import { closed } from '../contracts/schemas.mjs';
import { compiled, schemaOf } from './made-up-contract.mjs';

jest.setTimeout(60_000); // the compiler is slow on a busy machine

describe('the JSON Schema of a type', () => {
  it('says of each field what the type says', () => {
    const data = `{
      /** Where to. */
      place: string; floor: number | null; paid: Money | null; on?: DateOnly | null; at: Instant; who: Personal | null;
      mode: 'road' | 'rail' | null; express: boolean; sealed?: boolean | null; labels: Readonly<Record<string, string>>; stops: readonly { id: string | number }[]; kind: 'move';
    } & { readonly run?: string }`;
    const schema = schemaOf(data);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(schema.required).toEqual(['at', 'express', 'floor', 'kind', 'labels', 'mode', 'paid', 'place', 'stops', 'who']);
    expect(schema.properties).toMatchObject({
      place: { type: 'string', description: 'Where to.' },
      floor: { type: ['number', 'null'] },
      paid: {
        anyOf: [
          { type: 'object', required: ['amountMinor', 'currency'], properties: { amountMinor: { type: 'integer' } } },
          { type: 'null' },
        ],
      },
      on: { type: ['string', 'null'], format: 'date' },
      at: { type: 'string', format: 'date-time', description: 'RFC 3339 instant in UTC.' },
      who: { type: ['string', 'null'], format: 'ciphertext' },
      mode: { enum: ['rail', 'road', null] },
      express: { type: 'boolean' },
      sealed: { type: ['boolean', 'null'] },
      labels: { type: 'object', additionalProperties: { type: 'string' } },
      stops: { type: 'array', items: { type: 'object', required: ['id'], properties: { id: { type: ['number', 'string'] } } } },
      kind: { const: 'move' },
      run: { type: 'string' },
    });
  });

  it('takes the comment before a member of the union', () => {
    const more = `
      export type OtherEvent =
        /** The first. */
        | DomainEvent<'test.other.first', { n: number }>
        | DomainEvent<'test.other.second', { n: number }>
        /** The third,
         *  in two lines. */
        | DomainEvent<'test.other.third', { n: number }>;
      export declare const otherContract: AggregateContract<OtherEvent>;`;
    const schemas = compiled('{ n: number }', more);
    expect(['first', 'second', 'third'].map((name) => schemas.get(`test.other.${name}`).description)).toEqual([
      'The first.',
      undefined,
      'The third, in two lines.',
    ]);
  });

  it.each(['{ at: Date }', '{ size: bigint }', '{ done: () => void }', '{ any: unknown }', '{ none: undefined }', '{ more: Set<string> }'])(
    'refuses %s, which has no JSON form',
    (data) => {
      expect(() => compiled(data)).toThrow(/^test\.thing\.moved\.\w+: .+ has no JSON form/);
    },
  );

  it('refuses what contains itself, and sources that do not compile', () => {
    expect(() => compiled('Tree', 'export interface Tree { readonly left: Tree | null }')).toThrow('recursive');
    expect(() => compiled('{ n: Missing }')).toThrow("Cannot find name 'Missing'");
  });

  it('lets readers take additional fields, and writers none', () => {
    const schema = schemaOf('{ place: string; stops: readonly { id: string }[] }');
    expect(JSON.stringify(schema)).not.toContain('additionalProperties');
    expect(closed(schema)).toMatchObject({
      additionalProperties: false,
      properties: { stops: { items: { additionalProperties: false } } },
    });
    expect(validator(schema)({ place: 'Lyon', stops: [{ id: '1' }] })).toBeNull();
    expect(validator(schema)({ place: 'Lyon', stops: [{ id: '1', more: 1 }] })).toContain('must NOT have additional properties');
  });
});
