import { describe, expect, it } from '@jest/globals';
import type { OpportunityEvent } from '@keyfold/contracts';
import type { TemporalFact } from '@keyfold/event-sourcing';
import { dealAt, type Deal, type DealRow } from '../history/deal.js';
import { median, summarise } from './pipeline-summary.js';

const day = (date: string): number => Date.parse(`${date}T10:00:00Z`);
const usd = (amountMinor: number) => ({ amountMinor, currency: 'USD' });
const recorded = { accountId: null, name: 'Deal', ownerId: 'anna', offeringId: null, motion: 'expansion', stage: 'qualified', probability: 25, amount: null, provenance: { source: 'crm', entity: 'opportunities', rowKey: 'D1', run: 'r' } } as const;

type Line = [type: OpportunityEvent['type'], data: object, occurred: string, recorded: string, supersedes?: number[]];
const deal = (...lines: Line[]): DealRow => ({
  id: 'd1',
  key: 'd1',
  position: lines.length,
  facts: lines.map(([type, data, occurred, known, supersedes], i) => ({ version: i + 1, type, data, occurred: day(occurred), recorded: day(known), supersedes }) as unknown as TemporalFact<OpportunityEvent>),
});
const at = (row: DealRow, asOf: string, knownOn: string): Pick<Deal, 'outcome' | 'amount'> | null => {
  const found = dealAt(row, { asOf: day(asOf), knownOn: day(knownOn) });
  return found && { outcome: found.outcome, amount: found.amount };
};

describe('a deal on a date, as known at a time', () => {
  const imported = deal(
    ['opportunities.opportunity.recorded', recorded, '2016-10-20', '2026-01-01'],
    ['opportunities.opportunity.won', { amount: usd(105_400) }, '2017-03-01', '2026-01-01'],
  );

  it('is not there before it was opened', () => expect(at(imported, '2016-10-19', '2026-02-01')).toBeNull());
  it('is open between opening and closing', () => expect(at(imported, '2017-02-28', '2026-02-01')).toEqual({ outcome: 'open', amount: null }));
  it('is won from the day of its closing on', () => expect(at(imported, '2017-03-01', '2026-02-01')).toEqual({ outcome: 'won', amount: usd(105_400) }));
  it('was not known before it was imported', () => expect(at(imported, '2017-03-01', '2025-12-31')).toBeNull());

  it('keeps what was known, and shows what was corrected', () => {
    const corrected = deal(
      ['opportunities.opportunity.recorded', recorded, '2016-10-20', '2026-01-01'],
      ['opportunities.opportunity.won', { amount: usd(100) }, '2017-03-01', '2026-01-01'],
      ['opportunities.opportunity.lost', { reason: 'price', competitor: null, note: null }, '2017-04-01', '2026-02-01', [2]],
    );
    expect(at(corrected, '2017-03-15', '2026-01-15')?.outcome).toBe('won');
    expect(at(corrected, '2017-03-15', '2026-02-15')?.outcome).toBe('open');
    expect(at(corrected, '2017-04-01', '2026-02-15')?.outcome).toBe('lost');
  });

  it('a withdrawn deal was never there, but had been known', () => {
    const withdrawn = deal(
      ['opportunities.opportunity.recorded', recorded, '2016-10-20', '2026-01-01'],
      ['opportunities.opportunity.withdrawn', { reason: 'undo' }, '2026-02-01', '2026-02-01', [1]],
    );
    expect(at(withdrawn, '2017-01-01', '2026-01-15')?.outcome).toBe('open');
    expect(at(withdrawn, '2017-01-01', '2026-02-15')).toBeNull();
  });
});

describe('the summary', () => {
  const base: Deal = { id: 'd', name: 'Deal', accountId: null, ownerId: 'anna', offeringId: null, motion: 'expansion', stage: 'qualified', probability: 25, amount: null, expectedCloseOn: null, openedAt: day('2017-01-01'), outcome: 'open', closedAt: null, lossReason: null };
  const won = (amountMinor: number, days: number, currency = 'USD'): Deal => ({ ...base, outcome: 'won', amount: { amountMinor, currency }, closedAt: base.openedAt + days * 86_400_000 });
  const lost: Deal = { ...base, outcome: 'lost', closedAt: day('2017-02-01') };
  const all = { keys: ['all'], keyOf: () => 'all', labelOf: (key: string) => key };
  const cycleDays = (from: number, to: number): number => (to - from) / 86_400_000;
  const total = (deals: Deal[], motion?: Deal['motion']) => summarise(deals, motion, all, cycleDays)[0];

  it('20 won and 60 lost are a win rate of 25 % (domain.md 3.8)', () =>
    expect(total([...Array<Deal>(20).fill(won(100, 10)), ...Array<Deal>(60).fill(lost)])).toMatchObject({ won: 20, lost: 60, open: 0, winRate: 0.25, wonValue: usd(2_000) }));
  it('has no win rate and no cycle where nothing was closed', () => expect(total([base])).toEqual({ key: 'all', label: 'all', open: 1, won: 0, lost: 0, wonValue: null, wonValues: [], winRate: null, medianCycleDays: null }));
  it('has a line of zeros where there is no deal at all', () => expect(total([])).toMatchObject({ open: 0, won: 0, lost: 0, winRate: null }));
  it('never adds two currencies', () => expect(total([won(100, 1), won(50, 1, 'EUR')])).toMatchObject({ wonValue: null, wonValues: [usd(100), { amountMinor: 50, currency: 'EUR' }] }));
  it('takes the median of the days from opening to winning', () => expect(total([won(1, 10), won(1, 30), won(1, 20)])?.medianCycleDays).toBe(20));
  it('leaves other motions out', () => expect(total([won(1, 1), { ...won(1, 1), motion: 'hunting' }], 'hunting')).toMatchObject({ won: 1 }));
  it('puts deals without a key into a group of their own, last', () => {
    const byAccount = { keyOf: (candidate: Deal) => candidate.accountId, labelOf: (key: string) => `Account ${key}` };
    const groups = summarise([base, { ...base, accountId: 'b' }, { ...base, accountId: 'a' }], undefined, byAccount, cycleDays);
    expect(groups.map(({ key, label, open }) => [key, label, open])).toEqual([['a', 'Account a', 1], ['b', 'Account b', 1], [null, null, 1]]);
  });
});

describe('the median', () => {
  it.each([
    [[], null],
    [[7], 7],
    [[4, 1, 3], 3],
    [[1, 2, 3, 10], 2.5],
  ])('of %j is %p', (values, expected) => expect(median(values)).toBe(expected));
});
