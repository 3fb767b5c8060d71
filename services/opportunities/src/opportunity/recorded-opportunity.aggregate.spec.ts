import { describe, expect, it } from '@jest/globals';
import type { OpportunityEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { opportunity } from './opportunity.aggregate.js';
import { advanced, attached, euros, lost, reopened, withdrawn, won } from './opportunity.facts.js';
import { type HistoricalDeal, opensOn, record, withdraw } from './recorded-opportunity.aggregate.js';

const NOW = '2026-03-02T10:00:00.000Z';
const ENGAGED = '2016-10-19T22:00:00.000Z';
const CLOSED = '2017-02-28T23:00:00.000Z';

const provenance = { source: 'crm', entity: 'deals', rowKey: '1C1I7A6R', run: 'run-1' };
const again = { ...provenance, run: 'run-2' };
const open: HistoricalDeal = { accountId: 'acme', name: 'GTX', ownerId: 'anna', offeringId: 'gtx', motion: 'hunting', stage: 'qualified', amount: null, openedAt: ENGAGED, outcome: null, provenance };
const wonDeal: HistoricalDeal = { ...open, outcome: { result: 'won', at: CLOSED, amount: euros(1_054) } };
const lostDeal: HistoricalDeal = { ...open, outcome: { result: 'lost', at: CLOSED, reason: 'not-recorded' } };

const recorded = (deal: HistoricalDeal = open, occurredAt = ENGAGED): OpportunityEvent => {
  const { openedAt: _openedAt, outcome: _outcome, ...data } = deal;
  return { type: 'opportunities.opportunity.recorded', data: { ...data, probability: 25 }, occurredAt };
};
const run = (event: OpportunityEvent, id: string, more: Partial<OpportunityEvent> = {}): OpportunityEvent => ({ ...event, data: { ...event.data, run: id }, ...more }) as OpportunityEvent;
const wonThen = run(won(euros(1_054), CLOSED), 'run-1');
const lostThen = run(lost('not-recorded', CLOSED), 'run-1');
const corrected = (data: object, more: Partial<OpportunityEvent> = {}): OpportunityEvent =>
  ({ type: 'opportunities.opportunity.corrected', data: { reason: 'import', ...data, provenance: again }, ...more }) as OpportunityEvent;
const tell = (deal: HistoricalDeal) => (state: Parameters<typeof record>[0]) => record(state, deal, NOW);
const next = (deal: Partial<HistoricalDeal>, from = open): HistoricalDeal => ({ ...from, provenance: again, ...deal });

describe('a deal from history', () => {
  it('is recorded on the day it was opened', () => given(opportunity).when(tell(open)).then(recorded()));
  it('is won on the day it was won', () => given(opportunity).when(tell(wonDeal)).then(recorded(), wonThen));
  it('is lost on the day it was lost', () => given(opportunity).when(tell(lostDeal)).then(recorded(), lostThen));
  it('without a date is open from now on', () => given(opportunity).when(tell({ ...open, openedAt: null })).then(recorded(open, NOW)));
  it('without a date is opened no later than it was closed', () => given(opportunity).when(tell({ ...lostDeal, openedAt: null })).then(recorded(open, CLOSED), lostThen));
  it('needs no account', () => given(opportunity).when(tell({ ...open, accountId: null })).then(recorded({ ...open, accountId: null })));
  it('is not won for nothing', () => given(opportunity).when(tell({ ...open, outcome: { result: 'won', at: CLOSED, amount: euros(0) } })).thenRefused('amount-missing'));
  it('is won for the amount of the deal when the outcome names none', () =>
    given(opportunity).when(tell({ ...wonDeal, amount: euros(7), outcome: { result: 'won', at: CLOSED, amount: null } })).then(recorded({ ...open, amount: euros(7) }), run(won(euros(7), CLOSED), 'run-1')));
  it('is not closed before it was opened', () => given(opportunity).when(tell({ ...lostDeal, openedAt: NOW })).thenRefused('closed-before-opened'));
});

describe('when recorded open', () => {
  it('changes nothing when it is told again', () => given(opportunity, recorded()).when(tell(next({}))).thenNothing());
  it('moves on with its source', () => given(opportunity, recorded()).when(tell(next({ stage: 'proposal' }))).then(run(advanced('qualified', 'proposal'), 'run-2')));
  it('moves back with its source', () => given(opportunity, recorded()).when(tell(next({ stage: 'identified' }))).then(corrected({ stage: 'identified', probability: 10 })));
  it('takes over amount, owner and offering', () =>
    given(opportunity, recorded())
      .when(tell(next({ amount: euros(5), ownerId: 'bea', offeringId: 'mg' })))
      .then(corrected({ ownerId: 'bea', offeringId: 'mg', amount: euros(5) })));
  it('is won when its source has won it', () => given(opportunity, recorded()).when(tell(next({}, wonDeal))).then(run(wonThen, 'run-2')));
  it('is lost when its source has lost it', () => given(opportunity, recorded()).when(tell(next({}, lostDeal))).then(run(lostThen, 'run-2')));
  it('gets the account that is known by now', () => given(opportunity, recorded({ ...open, accountId: null })).when(tell(next({}))).then(attached('acme', 'run-2')));
  it('keeps its account when the source forgets it', () => given(opportunity, recorded()).when(tell(next({ accountId: null }))).thenNothing());
  it('does not go over to another account', () => given(opportunity, recorded()).when(tell(next({ accountId: 'other' }))).thenRefused('account-already-attached'));
  it('keeps its motion', () => given(opportunity, recorded()).when(tell(next({ motion: 'renewal' }))).thenRefused('motion-fixed'));
  it('was opened earlier, its source says by now', () =>
    given(opportunity, recorded(open, NOW)).when(tell(next({ stage: 'qualified' }))).then({ ...recorded(next({})), supersedes: [1] } as OpportunityEvent));
  it('was opened and won earlier, its source says by now', () =>
    given(opportunity, recorded(open, NOW))
      .when(tell(next({}, wonDeal)))
      .then({ ...recorded(next({})), supersedes: [1] } as OpportunityEvent, run(wonThen, 'run-2')));
});

describe('when people have worked on it', () => {
  const past = [recorded(), advanced('qualified', 'solution')] as const;
  it('is left alone by a source that did not move', () => given(opportunity, ...past).when(tell(next({}))).thenNothing());
  it('moves by what the source moved', () => given(opportunity, ...past).when(tell(next({ ownerId: 'bea' }))).then(corrected({ ownerId: 'bea' })));
  it('stays where people have it when the source gets there too', () => given(opportunity, ...past).when(tell(next({ stage: 'solution' }))).thenNothing());
  it('that they have closed is not closed otherwise by the source', () => given(opportunity, ...past, lost()).when(tell(next({}, wonDeal))).thenRefused('record-conflict'));
  it('that they have closed stays closed when the source says nothing new', () => given(opportunity, ...past, lost()).when(tell(next({}))).thenNothing());
});

describe('when recorded as closed', () => {
  it('changes nothing when it is told again', () => given(opportunity, recorded(), wonThen).when(tell(next({}, wonDeal))).thenNothing());
  it('has a changed closing in the place of the old one', () =>
    given(opportunity, recorded(), wonThen)
      .when(tell(next({ outcome: { result: 'won', at: CLOSED, amount: euros(2_000) } })))
      .then(run(won(euros(2_000), CLOSED), 'run-2', { supersedes: [2] })));
  it('is lost instead of won', () => given(opportunity, recorded(), wonThen).when(tell(next({}, lostDeal))).then(run(lostThen, 'run-2', { supersedes: [2] })));
  it('is open again when its source has reopened it', () =>
    given(opportunity, recorded(), lostThen)
      .when(tell(next({ stage: 'proposal', amount: euros(9) })))
      .then(corrected({ reopen: true, stage: 'proposal', probability: 55, amount: euros(9) }, { supersedes: [2] })));
  it('is told once that it is open again', () =>
    given(opportunity, recorded(), lostThen, corrected({ reopen: true, stage: 'proposal', probability: 55, amount: null }, { supersedes: [2] })).when(tell(next({ stage: 'proposal' }))).thenNothing());
  it('has another owner from its closing on', () => given(opportunity, recorded(), wonThen).when(tell(next({ ownerId: 'bea' }, wonDeal))).then(corrected({ ownerId: 'bea' }, { occurredAt: CLOSED })));
});

describe('taking an import back', () => {
  const undo = (state: Parameters<typeof withdraw>[0]) => withdraw(state, 'undo');
  it('leaves all of it out of history', () => given(opportunity, recorded(), wonThen).when(undo).then(withdrawn(1, 2)));
  it('happens once', () => given(opportunity, recorded(), withdrawn(1)).when(undo).thenNothing());
  it('includes what later imports said', () => given(opportunity, recorded(), attached('acme', 'run-2'), corrected({ ownerId: 'bea' })).when(undo).then(withdrawn(1, 2, 3)));
  it.each([
    ['advanced', [recorded(), advanced('qualified', 'solution')]],
    ['lost', [recorded(), lost()]],
    ['attached', [recorded({ ...open, accountId: null }), attached('acme')]],
    ['reopened', [recorded(), lostThen, reopened('qualified')]],
  ])('refuses a deal that people have %s', (_name, past) => {
    given(opportunity, ...past).when(undo).thenRefused('withdraw-built-upon');
  });
  it('refuses a deal that was opened here', () =>
    given(opportunity, { type: 'opportunities.opportunity.opened', data: { accountId: 'a', name: 'n', ownerId: 'o', offeringId: null, motion: 'hunting', stage: 'identified', probability: 10, amount: null, expectedCloseOn: null } })
      .when(undo)
      .thenRefused('withdraw-not-imported'));
  it('can be undone by recording again, in the place of the withdrawal', () =>
    given(opportunity, recorded(), withdrawn(1)).when(tell(next({}))).then({ ...recorded(next({})), supersedes: [2] } as OpportunityEvent));
});

describe('what a recorded deal opens', () => {
  const state = (...past: OpportunityEvent[]) => past.reduce((folded, event, i) => opportunity.evolve(folded, { ...event, version: i + 1, occurredAt: event.occurredAt ?? NOW, supersedes: [] } as never), opportunity.initial);
  it.each([
    ['a new open deal', state(), open, 'acme'],
    ['a new closed deal', state(), wonDeal, null],
    ['a new deal without an account', state(), { ...open, accountId: null }, null],
    ['an open deal told again', state(recorded()), next({ stage: 'verbal' }), null],
    ['an open deal with its account', state(recorded({ ...open, accountId: null })), next({}), 'acme'],
    ['a lost deal that its source reopened', state(recorded(), lostThen), next({}), 'acme'],
    ['a deal that people have lost', state(recorded(), lost()), next({}), null],
    ['a withdrawn deal', state(recorded(), withdrawn(1)), next({}), 'acme'],
  ] as const)('%s', (_name, before, told, account) => {
    expect(opensOn(before, told)).toBe(account);
  });
});
