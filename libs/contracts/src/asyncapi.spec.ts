import { describe, expect, it } from '@jest/globals';
import { type AggregateContract, defineContract, type DomainEvent, markerOf, toMessages, upcastFrom } from '@keyfold/event-sourcing';
import { someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { asyncApi, contracts, registry } from './index.js';

interface Document {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, { readonly $ref: string }>> }>
  >;
  readonly operations: Readonly<Record<string, { readonly action: string; readonly channel: { readonly $ref: string } }>>;
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly name: string; readonly payload: { readonly schema: object } }>>;
    readonly schemas: { readonly 'cloud-events-headers': { readonly properties: object; readonly required: readonly string[] } };
  };
}

const MARKER = 'keyfold.marker';
const events = <T>(messages: Readonly<Record<string, T>>): [string, T][] => Object.entries(messages).filter(([key]) => key !== MARKER);

const document = (of = contracts): Document => asyncApi(of, (type, version) => ({ title: `${type} ${version}` })) as Document;

describe('the AsyncAPI document', () => {
  it('has a channel per topic, with the messages of its service alone', () => {
    const { channels, operations } = document();
    expect(Object.keys(channels)).toEqual(['accounts.events.v1', 'opportunities.events.v1', 'satisfaction.events.v1']);
    for (const [topic, { address, messages }] of Object.entries(channels)) {
      expect(address).toBe(topic);
      for (const [key] of events(messages)) expect(key.split('.')[0]).toBe(topic.split('.')[0]);
      expect(messages).toHaveProperty([MARKER]);
    }
    expect(Object.values(operations).map(({ action, channel }) => [action, channel.$ref])).toEqual(
      Object.keys(channels).map((topic) => ['send', `#/channels/${topic}`]),
    );
  });

  it('has every event type that the registry knows, under references that lead somewhere', () => {
    const { channels, components } = document();
    const referred = Object.values(channels).flatMap(({ messages }) =>
      Object.values(messages).map(({ $ref }) => $ref.replace('#/components/messages/', '')),
    );
    expect([...new Set(referred)].sort()).toEqual(Object.keys(components.messages).sort());
    const types = events(components.messages).map(([, { name }]) => name);
    expect(types).toHaveLength(contracts.flatMap(({ events }) => Object.values(events).map(({ version }) => version)).reduce((all, versions) => all + versions, 0));
    for (const type of types) expect(registry.knows(type)).toBe(true);
  });

  it('has a message for each version, with the schema of that version', () => {
    type Moved = DomainEvent<'test.thing.moved', { place: string }>;
    const thing = defineContract<Moved>({
      service: 'test',
      name: 'thing',
      streamPrefix: 'thing',
      events: { 'test.thing.moved': { version: 2, upcast: upcastFrom<{ to: string }>().to((old) => ({ place: old.to })) } },
    });
    const { messages } = document([thing as unknown as AggregateContract]).components;
    expect(events(messages).map(([key, { payload }]) => [key, payload.schema])).toEqual([
      ['test.thing.moved.v1', { title: 'test.thing.moved 1' }],
      ['test.thing.moved.v2', { title: 'test.thing.moved 2' }],
    ]);
  });

  it('describes the headers as they are written, each of them', () => {
    const headers = document().components.schemas['cloud-events-headers'];
    const validate = new Ajv2020({ validateFormats: false }).compile({ ...headers, additionalProperties: false });
    const sequenced = { position: 7, recordedAt: '2026-01-01T00:00:00.000Z' };
    const full = {
      ...someCommit('account-1', 4, { causationId: 'cause', traceparent: '00-a-b-01', events: [{ ...someEvent(), supersedes: [1, 2] }] }),
      ...sequenced,
    };
    const [written] = toMessages('accounts', full);
    expect(validate(written!.headers) ? null : validate.errors).toBeNull();
    expect(Object.keys(written!.headers).sort()).toEqual(Object.keys(headers.properties).sort());
    const [bare] = toMessages('accounts', { ...someCommit('account-1', 4), ...sequenced });
    expect(validate(bare!.headers) ? null : validate.errors).toBeNull();
  });

  it('describes the headers of markers', () => {
    const { headers } = document().components.messages[MARKER] as unknown as { readonly headers: object };
    const validate = new Ajv2020({ validateFormats: false }).compile({ ...headers, additionalProperties: false });
    const at = '2026-01-01T00:00:00.000Z';
    expect(validate(markerOf('accounts', 3, { id: 'accounts/3/1', at, previous: 7, recordedAt: at }).headers) ? null : validate.errors).toBeNull();
  });
});
