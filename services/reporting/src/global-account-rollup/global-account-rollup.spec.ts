import { describe, expect, it } from '@jest/globals';
import type { KeyAccountEvent } from '@keyfold/contracts';
import type { TemporalFact, TemporalRow } from '@keyfold/event-sourcing';
import type { Deal } from '../history/deal.js';
import { accountsAt } from '../history/dimensions.js';
import { Groups } from '../history/group.js';
import { rollUp } from './global-account-rollup.js';

const day = (date: string): number => Date.parse(`${date}T10:00:00Z`);
const profile = { sector: null, country: null, yearEstablished: null, employees: null, revenueMillions: null };

type Line = [type: KeyAccountEvent['type'], data: object, occurred: string, recorded?: string];
const account = (id: string, ...lines: Line[]): TemporalRow<KeyAccountEvent> => ({
  id,
  key: id,
  position: 1,
  facts: ([['accounts.key-account.client-registered', { name: id.toUpperCase(), profile, provenance: null }, '2025-01-01'], ...lines] as Line[]).map(
    ([type, data, occurred, recorded = occurred], i) => ({ version: i + 1, type, data, occurred: day(occurred), recorded: day(recorded) }) as unknown as TemporalFact<KeyAccountEvent>,
  ),
});
const under = (parentId: string, occurred: string, recorded = occurred): Line => ['accounts.key-account.attached-to-parent', { parentId }, occurred, recorded];
const alone = (occurred: string): Line => ['accounts.key-account.detached-from-parent', { reason: 'sold' }, occurred];
const mergedInto = (successorId: string, occurred: string, recorded = occurred): Line => ['accounts.key-account.merged', { successorId, reason: 'twice' }, occurred, recorded];

const eur = (amountMinor: number) => ({ amountMinor, currency: 'EUR' });
const deal = (accountId: string, outcome: Deal['outcome'], amount: Deal['amount']): Deal => ({
  id: `${accountId}-${outcome}`, name: 'Deal', accountId, ownerId: 'anna', offeringId: null, motion: 'expansion', stage: 'qualified', probability: 25, amount, expectedCloseOn: null,
  openedAt: day('2025-02-01'), outcome, closedAt: outcome === 'open' ? null : day('2025-03-01'), lossReason: null,
});
const DEALS = [deal('group', 'won', eur(100)), deal('unit', 'won', eur(20)), deal('unit', 'open', eur(7)), deal('other', 'won', eur(3)), deal('twin', 'won', { amountMinor: 5, currency: 'USD' }), deal('leaf', 'open', null)];

/** Won and open value of each account of the group, summed, on a day as known at another. */
function totals(rows: readonly TemporalRow<KeyAccountEvent>[], root: string, asOf: string, knownOn = '2026-01-01', covers: (id: string) => boolean = () => true) {
  const accounts = accountsAt(rows, { asOf: day(asOf), knownOn: day(knownOn) });
  const nodes = rollUp(accounts.get(root)!, new Groups(accounts), DEALS, covers);
  return Object.fromEntries(nodes.map(({ id, total }) => [id, [...total.wonValue, ...total.openValue].map(({ amountMinor, currency }) => `${amountMinor} ${currency}`).join(', ')]));
}

describe('the roll-up of a group', () => {
  const moved = [account('group'), account('other'), account('unit', under('group', '2025-02-01'), under('other', '2025-06-01', '2025-09-01')), account('leaf', under('unit', '2025-02-01')), account('twin', alone('2025-02-01'))];

  it('sums each account and all below it', () => expect(totals(moved, 'group', '2025-05-31')).toEqual({ group: '120 EUR, 7 EUR', unit: '20 EUR, 7 EUR', leaf: '' }));
  it('is right on the day before an account was moved and on the day itself', () => {
    expect([totals(moved, 'group', '2025-05-31'), totals(moved, 'other', '2025-05-31')]).toEqual([{ group: '120 EUR, 7 EUR', unit: '20 EUR, 7 EUR', leaf: '' }, { other: '3 EUR' }]);
    expect([totals(moved, 'group', '2025-06-01'), totals(moved, 'other', '2025-06-01')]).toEqual([{ group: '100 EUR' }, { other: '23 EUR, 7 EUR', unit: '20 EUR, 7 EUR', leaf: '' }]);
  });
  it('is what was known before the move was recorded', () => {
    expect(totals(moved, 'group', '2025-06-01', '2025-08-31')).toEqual({ group: '120 EUR, 7 EUR', unit: '20 EUR, 7 EUR', leaf: '' });
    expect(totals(moved, 'group', '2025-06-01', '2025-09-01')).toEqual({ group: '100 EUR' });
  });
  it('leaves out what the reader may not see, and sums what he may', () => expect(totals(moved, 'group', '2025-05-31', '2026-01-01', (id) => id !== 'unit')).toEqual({ group: '100 EUR', leaf: '' }));
  it('counts a deal without an amount and sums none', () => {
    const accounts = accountsAt(moved, { asOf: day('2025-05-31'), knownOn: day('2026-01-01') });
    expect(rollUp(accounts.get('leaf')!, new Groups(accounts), DEALS, () => true)[0]!.own).toEqual({ openDeals: 1, openValue: [], wonDeals: 0, wonValue: [] });
  });
});

describe('the roll-up of a merge', () => {
  const merged = [account('group'), account('twin', mergedInto('group', '2025-07-01', '2025-10-01')), account('unit', under('twin', '2025-02-01')), account('other', under('unit', '2025-02-01'), alone('2025-08-01'))];

  it('counts the merged account and what is below it with the successor from its day on', () => {
    expect([totals(merged, 'group', '2025-06-30'), totals(merged, 'twin', '2025-06-30')]).toEqual([{ group: '100 EUR' }, { twin: '23 EUR, 5 USD, 7 EUR', unit: '23 EUR, 7 EUR', other: '3 EUR' }]);
    expect(totals(merged, 'group', '2025-07-01')).toEqual({ group: '123 EUR, 5 USD, 7 EUR', unit: '23 EUR, 7 EUR', other: '3 EUR' });
  });
  it('is what was known before the merge was recorded', () => expect(totals(merged, 'group', '2025-07-01', '2025-09-30')).toEqual({ group: '100 EUR' }));
  it('never adds two currencies', () => expect(totals(merged, 'group', '2025-08-01')).toEqual({ group: '120 EUR, 5 USD, 7 EUR', unit: '20 EUR, 7 EUR' }));
});
