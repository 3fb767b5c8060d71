import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Actor } from '@keyfold/event-sourcing';
import { DORA, OpportunitiesService } from '../../test/service.js';
import { offerings } from '../offering/offerings.projection.js';
import { RegisterOffering } from '../offering/register-offering.js';
import { WithdrawOffering } from '../offering/withdraw-offering.js';
import { AdvanceOpportunity } from './advance-opportunity.js';
import { AttachAccount } from './attach-account.js';
import { CorrectOpportunity } from './correct-opportunity.js';
import { LoseOpportunity } from './lose-opportunity.js';
import { OpenOpportunity } from './open-opportunity.js';
import { GetOpportunity, ListOpportunities, opportunities } from './opportunities.projection.js';
import { RecordOpportunity } from './record-opportunity.js';
import { WinOpportunity } from './win-opportunity.js';
import { WithdrawOpportunity } from './withdraw-opportunity.js';

const ANNA: Actor = { subject: 'anna', memberId: 'anna', roles: ['kam'] };
const BEA: Actor = { subject: 'bea', memberId: 'bea', roles: ['kam'] };
const AUDITOR: Actor = { subject: 'audit', memberId: null, roles: ['auditor'] };

const euros = (amount: number) => ({ amountMinor: amount * 100, currency: 'EUR' });
const provenance = { source: 'crm', entity: 'deals', rowKey: '1', run: 'run-1' };
const recorded = { name: 'History', motion: 'hunting' as const, stage: 'qualified' as const, ownerId: 'bea', openedOn: '2016-10-20', provenance };
const list = (facts: Partial<ListOpportunities> = {}) => Object.assign(new ListOpportunities(), facts);

let service: OpportunitiesService;
let deals: ReturnType<typeof service.projector<never>>;

/** Anna's deal on her account, Bea's on Anna's, Bea's own from history without an account. */
beforeEach(async () => {
  service = await OpportunitiesService.start();
  await service.know('anna-acc', 'anna');
  await service.run(RegisterOffering, 'fleet', { name: 'Fleet Care' });
  await service.run(OpenOpportunity, 'd1', { accountId: 'anna-acc', name: 'Fleet', motion: 'renewal', offeringId: 'fleet', amount: euros(1_000), expectedCloseOn: '2026-06-30' }, { as: ANNA });
  await service.run(RecordOpportunity, 'd2', { ...recorded, accountId: 'anna-acc', outcome: { result: 'lost', closedOn: '2017-03-01' } });
  await service.run(RecordOpportunity, 'd3', recorded);
  deals = service.projector(opportunities as never);
  await deals.deliver();
  await service.projector(offerings).deliver();
});
afterEach(() => service.stop());

const ids = async (as: Actor, facts?: Partial<ListOpportunities>): Promise<string> => (await service.ask(list(facts), as)).items.map((deal) => deal.id).join(' ');
const get = (id: string, as: Actor) => service.ask(new GetOpportunity(), as, id);

describe('the list of deals', () => {
  it('shows a deal with names and dates', async () => {
    expect(await get('d1', ANNA)).toMatchObject({
      id: 'd1', version: 1, name: 'Fleet', accountName: 'ANNA-ACC', ownerId: 'anna', offeringName: 'Fleet Care', state: 'open', stage: 'identified', probability: 10,
      amount: euros(1_000), expectedCloseOn: '2026-06-30', openedOn: '2026-03-02', closedOn: null, lossReason: null, provenance: null,
    });
    expect(await get('d2', ANNA)).toMatchObject({ state: 'lost', probability: 0, openedOn: '2016-10-20', closedOn: '2017-03-01', lossReason: 'not-recorded', provenance });
  });

  it('shows nothing of how it keeps its books', async () => {
    expect(Object.keys(await get('d2', ANNA)).filter((field) => ['source', 'undone', 'builtUpon', 'sortName', 'closure'].includes(field))).toEqual([]);
  });

  it('shows whose deal, or whose account, it is', async () => {
    expect(await ids(ANNA)).toBe('d1 d2');
    expect(await ids(BEA)).toBe('d3 d2');
    expect(await ids(AUDITOR)).toBe('d1 d3 d2');
    await expect(get('d3', ANNA)).rejects.toMatchObject({ name: 'NotFound' });
    await expect(get('d1', BEA)).rejects.toMatchObject({ name: 'NotFound' });
    await expect(get('d2', BEA)).resolves.toMatchObject({ id: 'd2' });
  });

  it.each([
    [{ state: 'open' as const }, 'd1 d3'],
    [{ state: 'lost' as const }, 'd2'],
    [{ stage: 'qualified' as const }, 'd3 d2'],
    [{ accountId: 'anna-acc' }, 'd1 d2'],
    [{ ownerId: 'bea' }, 'd3 d2'],
    [{ motion: 'renewal' as const }, 'd1'],
    [{ q: 'HIST' }, 'd3 d2'],
    [{ q: 'istory' }, ''],
    [{ state: 'open' as const, ownerId: 'bea' }, 'd3'],
  ])('filters by %j', async (facts, expected) => expect(await ids(AUDITOR, facts)).toBe(expected));

  it('pages', async () => {
    const first = await service.ask(list({ limit: 2 }), AUDITOR);
    expect(first.items.map((deal) => deal.id)).toEqual(['d1', 'd3']);
    const rest = await service.ask(list({ limit: 2, cursor: first.next! }), AUDITOR);
    expect([rest.items.map((deal) => deal.id), rest.next]).toEqual([['d2'], null]);
  });
});

describe('the row of a deal', () => {
  it('follows its stream, whatever comes twice', async () => {
    await service.run(AdvanceOpportunity, 'd1', { to: 'verbal' }, { as: ANNA });
    await service.run(WinOpportunity, 'd1', { amount: euros(900) }, { as: ANNA });
    await deals.deliver();
    await deals.deliver();
    expect(await get('d1', ANNA)).toMatchObject({ version: 3, state: 'won', probability: 100, amount: euros(900), closedOn: '2026-03-02' });
  });

  it('is the same after a rebuild', async () => {
    await service.run(LoseOpportunity, 'd1', { reason: 'competitor', competitor: 'Globex' }, { as: ANNA });
    await service.run(CorrectOpportunity, 'd2', { reason: 'typo', closedOn: '2017-02-01' }, { as: BEA });
    await service.run(WithdrawOpportunity, 'd3', { reason: 'undo' });
    await deals.deliver();
    const before = await deals.rows();
    await deals.rebuild();
    expect(await deals.rows()).toEqual(before);
    expect(before).toHaveLength(2);
  });

  it('goes when the deal is withdrawn, and comes back when it is recorded again', async () => {
    await service.run(WithdrawOpportunity, 'd3', { reason: 'undo' });
    await deals.deliver();
    expect(await ids(DORA, { q: 'history', ownerId: 'bea', state: 'open' })).toBe('');
    await service.run(RecordOpportunity, 'd3', recorded);
    await deals.deliver();
    expect(await get('d3', AUDITOR)).toMatchObject({ version: 3, state: 'open', openedOn: '2016-10-20' });
  });
});

describe('commands keep to the scope', () => {
  it('a stranger does not learn that a deal exists', async () => {
    await expect(service.run(LoseOpportunity, 'd3', { reason: 'price' }, { as: ANNA })).rejects.toMatchObject({ name: 'NotFound' });
  });
  it('not even by a date that would be refused, or an account that is taken', async () => {
    await expect(service.run(WinOpportunity, 'd3', { amount: euros(1), closedOn: '2199-01-01' }, { as: ANNA })).rejects.toMatchObject({ name: 'NotFound' });
    await expect(service.run(AttachAccount, 'd1', { accountId: 'other' }, { as: BEA })).rejects.toMatchObject({ name: 'NotFound' });
  });
  it('a deal on his own account is his to move', async () => {
    await expect(service.run(CorrectOpportunity, 'd2', { reason: 'typo', name: 'Old fleet' }, { as: ANNA })).resolves.toMatchObject({ version: 3 });
  });
  it('a deal is not opened on a stranger’s account', async () => {
    await expect(service.run(OpenOpportunity, 'd9', { accountId: 'anna-acc', name: 'x', motion: 'hunting' }, { as: BEA })).rejects.toMatchObject({ name: 'NotFound' });
  });
  it('nor for somebody out of reach', async () => {
    await expect(service.run(OpenOpportunity, 'd9', { accountId: 'anna-acc', name: 'x', motion: 'hunting', ownerId: 'bea' }, { as: ANNA })).rejects.toMatchObject({ code: 'member-unknown' });
  });
  it('an offering that deals have is not taken back', async () => {
    await expect(service.run(WithdrawOffering, 'fleet', { reason: 'undo' })).rejects.toMatchObject({ code: 'withdraw-built-upon' });
  });
});
