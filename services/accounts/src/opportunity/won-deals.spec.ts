import { describe, expect, it } from '@jest/globals';
import type { OpportunityEvent } from '@keyfold/contracts';
import type { RecordedEvent } from '@keyfold/event-sourcing';
import { wonDeals, type WonDeal } from './won-deals.projection.js';

const step = (name: string, data: object): OpportunityEvent => ({ type: `opportunities.opportunity.${name}`, data, occurredAt: '2026-02-10T00:00:00.000Z' }) as unknown as OpportunityEvent;
const won = step('won', { amount: { amountMinor: 500, currency: 'EUR' } });

/** The row after these events of one deal, which lies with `partitionKey` on the topic. */
function after(events: readonly OpportunityEvent[], partitionKey = 'acme'): WonDeal | null {
  return events.reduce<WonDeal | null>((row, event) => {
    const recorded = { ...event, streamId: 'opp-fleet', partitionKey } as unknown as RecordedEvent;
    return wonDeals.rowsOf(recorded).reduce<WonDeal | null>((_same, id) => wonDeals.fold(row, recorded, id), row);
  }, null);
}

describe('a deal', () => {
  it('is there once it is won, with its account and what it brought', () => expect(after([step('opened', {}), won])).toEqual({ id: 'fleet', accountId: 'acme', amount: { amountMinor: 500, currency: 'EUR' }, wonAt: '2026-02-10T00:00:00.000Z' }));
  it('that is open takes no row unless its account was found later', () => {
    expect(after([step('opened', {}), step('account-attached', { accountId: 'acme' })], 'fleet')).toEqual({ id: 'fleet', accountId: 'acme', amount: null, wonAt: null });
     expect(after([step('opened', {}), step('advanced', {}), step('corrected', {}), step('lost', {})])).toBeNull();
  });
  it('is not won any more once it is opened again, or was no win after all', () =>
    expect([after([won, step('reopened', {})]), after([won, step('corrected', { reopen: true })]), after([won, step('lost', {})]), after([won, step('withdrawn', {})])].map((deal) => deal?.amount ?? deal?.wonAt ?? null)).toEqual([null, null, null, null]));
  it('stays won when a fact beside it is corrected', () => expect(after([won, step('corrected', { name: 'Fleet' })])!.amount).not.toBeNull());
  it('belongs to the account that was found for it later, in whichever order', () =>
    expect([after([won, step('account-attached', { accountId: 'acme' })], 'fleet'), after([step('account-attached', { accountId: 'acme' }), won], 'fleet')].map((deal) => deal!.accountId)).toEqual(['acme', 'acme']));
});
