import { describe, expect, it } from '@jest/globals';
import type { KeyAccountEvent, StakeholderEvent } from '@keyfold/contracts';
import type { Projection, RecordedEvent, RowQuery } from '@keyfold/event-sourcing';
import { EmbeddedProjectionStore } from '@keyfold/event-sourcing-embedded';
import { realClock } from '@keyfold/event-sourcing/testing';
import { clientRegistered, closed, merged, ownerAssigned, profile } from '../key-account/key-account.facts.js';
import { departed, registered } from '../stakeholder/stakeholder.facts.js';
import { dataQuality, type DataQualityRow } from './data-quality.projection.js';
import { peopleOf, qualityOf } from './list-data-quality.js';

type Told = readonly [event: KeyAccountEvent | StakeholderEvent, recordedAt: string];
const [LAST_YEAR, NOW] = ['2025-02-01T09:00:00.000Z', '2026-03-01T09:00:00.000Z'];
const FRESH_FROM = '2025-03-01T00:00:00.000Z';

const streamOf = ({ type }: { type: string }): string => (type.startsWith('accounts.key-account.') ? 'account-acme' : 'stakeholder-claire');

/** The row after these events. */
const folded = (...told: readonly Told[]): DataQualityRow =>
  told.reduce<DataQualityRow | null>((row, [event, recordedAt]) => {
    const recorded = { partitionKey: 'acme', streamId: streamOf(event), ...event, recordedAt } as unknown as RecordedEvent;
    return dataQuality.fold(row, recorded, dataQuality.rowsOf(recorded)[0]!);
  }, null)!;

const known = (more: object): KeyAccountEvent => ({ type: 'accounts.key-account.details-changed', data: { name: 'Acme', profile: { ...profile, ...more }, provenance: null } });
const person = (more: object): StakeholderEvent => ({ ...registered, data: { ...registered.data, ...more } }) as StakeholderEvent;

describe('what is known of an account', () => {
  it('was said when it was said last', () => expect(folded([clientRegistered, LAST_YEAR], [ownerAssigned('anna'), NOW]).saidAt).toEqual({ sector: LAST_YEAR, country: LAST_YEAR, owner: NOW }));
  it('is unknown again once the source knows it no more; a classification stays', () => {
    const classified: KeyAccountEvent = { type: 'accounts.key-account.classified', data: { sector: 'retail', subsector: null } };
    expect(folded([clientRegistered, LAST_YEAR], [classified, NOW], [known({ sector: null, country: null, employees: 12 }), NOW]).saidAt).toEqual({ sector: NOW, employees: NOW });
  });
  it('is unknown again where nobody classified the account, and known since its classification where somebody did', () => {
    const classified: KeyAccountEvent = { type: 'accounts.key-account.classified', data: { sector: 'retail', subsector: null } };
    const takenBack = known({ sector: null });
    expect(folded([clientRegistered, LAST_YEAR], [takenBack, NOW]).saidAt).toEqual({ country: NOW });
    expect(folded([clientRegistered, LAST_YEAR], [classified, LAST_YEAR], [known({}), NOW], [takenBack, NOW]).saidAt).toEqual({ sector: LAST_YEAR, country: NOW });
  });
  it('is not kept up once the account is closed or another one, or the person gone', () =>
    expect([folded([clientRegistered, NOW], [closed, NOW]), folded([clientRegistered, NOW], [merged, NOW]), folded([registered, NOW], [departed, NOW])].map(({ current }) => current)).toEqual([false, false, false]));
});

describe('the quality of data', () => {
  const account = folded([clientRegistered, LAST_YEAR], [known({ employees: 12, revenueMillions: 3 }), NOW], [ownerAssigned('anna'), LAST_YEAR]);

  it('is what is known and fresh of what ought to be', () =>
    expect(qualityOf(account, [], FRESH_FROM)).toEqual({ required: 5, fresh: 4, percent: 80, missing: [], stale: ['owner'], people: { count: 0, missing: {}, stale: {} } }));

  it('counts the people, and what is missing of how many of them', () => {
    const people = [folded([person({ language: null, buyingRoles: [] }), NOW]), folded([person({ language: null }), NOW]), folded([person({ language: 'fr' }), LAST_YEAR])];
    const { required, people: figures } = qualityOf(account, people, FRESH_FROM);
    expect([required, figures.missing['language'], figures.missing['buying-roles'], figures.stale['function']]).toEqual([20, 2, 1, 1]);
  });
});

describe('the people of a page of accounts', () => {
  it('are read in one request, and account by account only where they are very many', async () => {
    const store = new EmbeddedProjectionStore({ clock: realClock, database: null });
    const projection = dataQuality as unknown as Projection;
    await store.prepare(projection);
    const rows = ['acme', 'acme', 'globex'].map((accountId, i): DataQualityRow => ({ ...folded([registered, NOW]), id: `person-${i}`, accountId }));
    for (const row of rows) await store.transact(projection, { partition: 'p/0', streams: [row.id], rows: [row.id] }, () => ({ marks: new Map(), rows: new Map([[row.id, row]]), parked: [] }));
    const read = async (most: number) => {
      let requests = 0;
      const counting = { find: (query: RowQuery) => (requests++, store.view(dataQuality).find(query)) };
      const people = await peopleOf(['acme', 'globex', 'nobody'], counting, most);
      return { requests, people: ['acme', 'globex', 'nobody'].map((id) => people.get(id)?.length ?? 0) };
    };
    expect(await read(3)).toEqual({ requests: 1, people: [2, 1, 0] });
    expect(await read(2)).toEqual({ requests: 4, people: [2, 1, 0] });
  });
});
