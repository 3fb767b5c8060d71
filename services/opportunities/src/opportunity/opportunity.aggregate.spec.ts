import { describe, expect, it } from '@jest/globals';
import type { OpportunityEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { correct } from './corrected-opportunity.aggregate.js';
import { advance, attachAccount, lose, open, opportunity, reopen, takeBackOpening, win } from './opportunity.aggregate.js';
import { advanced, attached, euros, facts, lost, opened, openedBare, reopened, toVerbal, withdrawn, won } from './opportunity.facts.js';

const TODAY = '2026-03-02';
const NOW = '2026-03-02T10:00:00.000Z';
const noCompetitor = { competitor: null, note: null };
const corrected = (data: object, occurredAt?: string): OpportunityEvent =>
  ({ type: 'opportunities.opportunity.corrected', data, ...(occurredAt !== undefined && { occurredAt }) }) as OpportunityEvent;

describe('an opportunity', () => {
  it('is opened', () => given(opportunity).when((state) => open(state, facts, TODAY)).then(opened));
  it('is opened without amount and date', () => given(opportunity).when((state) => open(state, { ...facts, amount: null, expectedCloseOn: null }, TODAY)).then(openedBare));
  it('does not expect to be closed in the past', () =>
    given(opportunity).when((state) => open(state, { ...facts, expectedCloseOn: '2026-03-01' }, TODAY)).thenRefused('close-date-in-the-past', { today: TODAY }));
  it('that nobody opened has nothing to advance', () => given(opportunity).when((state) => advance(state, { to: 'qualified', reason: null }, TODAY)).thenRefused('opportunity-unknown'));
  it('belongs to its account on the topic', () => expect(opportunity.partitionKey!(opened)).toBe('acme'));
});

describe('when open', () => {
  it('is not opened again', () => given(opportunity, opened).when((state) => open(state, facts, TODAY)).thenRefused('opportunity-exists'));
  it('advances one stage', () => given(opportunity, opened).when((state) => advance(state, { to: 'qualified', reason: null }, TODAY)).then(advanced('identified', 'qualified')));
  it('advances over stages whose criteria are met', () => given(opportunity, opened).when((state) => advance(state, { to: 'proposal', reason: null }, TODAY)).then(advanced('identified', 'proposal')));
  it('does not qualify without amount and date', () =>
    given(opportunity, openedBare).when((state) => advance(state, { to: 'qualified', reason: null }, TODAY)).thenRefused('exit-criteria-missing', { to: 'qualified', missing: 'amount, expectedCloseOn' }));
  it('does not skip a stage whose criteria are not met', () =>
    given(opportunity, openedBare).when((state) => advance(state, { to: 'solution', reason: null, amount: euros(5) }, TODAY)).thenRefused('exit-criteria-missing', { to: 'solution', missing: 'expectedCloseOn' }));
  it('qualifies with what the command brings', () =>
    given(opportunity, openedBare)
      .when((state) => advance(state, { to: 'qualified', reason: null, amount: euros(5), expectedCloseOn: '2026-05-01' }, TODAY))
      .then(corrected({ reason: 'advanced', amount: euros(5), expectedCloseOn: '2026-05-01' }), advanced('identified', 'qualified')));
  it('stays where it is', () => given(opportunity, opened).when((state) => advance(state, { to: 'identified', reason: null }, TODAY)).thenNothing());
  it('goes back with a reason', () =>
    given(opportunity, opened, toVerbal).when((state) => advance(state, { to: 'solution', reason: 'new board' }, TODAY)).then(advanced('verbal', 'solution', 'new board')));
  it('does not go back without one', () => given(opportunity, opened, toVerbal).when((state) => advance(state, { to: 'solution', reason: null }, TODAY)).thenRefused('reason-missing'));
  it('is won from verbal', () => given(opportunity, opened, toVerbal).when((state) => win(state, euros(900), '2026-03-01T00:00:00.000Z')).then(won(euros(900))));
  it('is not won straight away', () => given(opportunity, opened).when((state) => win(state, euros(900))).thenRefused('win-before-verbal', { stage: 'identified' }));
  it('is not won for nothing', () => given(opportunity, opened, toVerbal).when((state) => win(state, euros(0))).thenRefused('amount-missing'));
  it('is not won before it was opened', () => given(opportunity, opened, toVerbal).when((state) => win(state, euros(1), '2025-12-31T23:00:00.000Z')).thenRefused('closed-before-opened'));
  it('is lost for a reason', () => given(opportunity, opened).when((state) => lose(state, { reason: 'price', ...noCompetitor })).then({ type: 'opportunities.opportunity.lost', data: { reason: 'price', ...noCompetitor } }));
  it('is lost to somebody with a name', () => given(opportunity, opened).when((state) => lose(state, { reason: 'competitor', ...noCompetitor })).thenRefused('competitor-missing'));
  it('is not reopened', () => given(opportunity, opened).when((state) => reopen(state, 'x', NOW)).thenRefused('opportunity-not-lost'));
  it('is corrected from now on', () =>
    given(opportunity, opened)
      .when((state) => correct(state, { reason: 'typo', ownerId: 'bea', amount: euros(1_000) }, TODAY))
      .then(corrected({ reason: 'typo', ownerId: 'bea' })));
  it('is not corrected to what it is', () => given(opportunity, opened).when((state) => correct(state, { reason: 'typo', ownerId: 'anna' }, TODAY)).thenNothing());
  it('has no closing to correct', () => given(opportunity, opened).when((state) => correct(state, { reason: 'x', closedAt: NOW }, TODAY)).thenRefused('opportunity-open'));
  it('keeps its account', () => given(opportunity, opened).when((state) => attachAccount(state, 'acme')).thenNothing());
  it('does not change its account', () => given(opportunity, opened).when((state) => attachAccount(state, 'other')).thenRefused('account-already-attached'));
  it('is withdrawn when it met a closing account', () =>
    given(opportunity, opened, toVerbal)
      .when(takeBackOpening)
      .then({ type: 'opportunities.opportunity.withdrawn', data: { reason: 'account-closing' }, supersedes: [1, 2] }));
});

describe('when won', () => {
  const past = [opened, toVerbal, won()] as const;
  it('is final: not lost', () => given(opportunity, ...past).when((state) => lose(state, { reason: 'price', ...noCompetitor })).thenRefused('won-is-final'));
  it('is final: not reopened', () => given(opportunity, ...past).when((state) => reopen(state, 'x', NOW)).thenRefused('won-is-final'));
  it('is final: not advanced', () => given(opportunity, ...past).when((state) => advance(state, { to: 'solution', reason: 'x' }, TODAY)).thenRefused('won-is-final'));
  it('is won once', () => given(opportunity, ...past).when((state) => win(state, euros(1_000))).thenNothing());
  it('is not won for another amount', () => given(opportunity, ...past).when((state) => win(state, euros(2_000))).thenRefused('won-is-final'));
  it('has its amount set right in place of the wrong closing', () =>
    given(opportunity, ...past).when((state) => correct(state, { reason: 'typo', amount: euros(1_100) }, TODAY)).then({ ...won(euros(1_100)), supersedes: [3] } as OpportunityEvent));
  it('has its day set right, and what else is wrong from that day on', () =>
    given(opportunity, ...past)
      .when((state) => correct(state, { reason: 'typo', closedAt: '2026-02-01T00:00:00.000Z', ownerId: 'bea' }, TODAY))
      .then({ ...won(euros(1_000), '2026-02-01T00:00:00.000Z'), supersedes: [3] } as OpportunityEvent, corrected({ reason: 'typo', ownerId: 'bea' }, '2026-02-01T00:00:00.000Z')));
  it('is corrected once', () =>
    given(opportunity, ...past, { ...won(euros(1_100)), supersedes: [3] } as OpportunityEvent).when((state) => correct(state, { reason: 'typo', amount: euros(1_100) }, TODAY)).thenNothing());
  it('has nothing open to take back', () => given(opportunity, ...past).when(takeBackOpening).thenNothing());
});

describe('when lost', () => {
  const past = [opened, lost()] as const;
  it('is lost once', () => given(opportunity, ...past).when((state) => lose(state, { reason: 'price', ...noCompetitor })).thenNothing());
  it('is not lost for another reason', () => given(opportunity, ...past).when((state) => lose(state, { reason: 'timing', ...noCompetitor })).thenRefused('opportunity-lost'));
  it('is not won', () => given(opportunity, ...past).when((state) => win(state, euros(1))).thenRefused('opportunity-lost'));
  it('is reopened at the same stage', () => given(opportunity, ...past).when((state) => reopen(state, 'they called', NOW)).then(reopened()));
  it('is reopened on the 90th day', () => given(opportunity, ...past).when((state) => reopen(state, 'they called', '2026-05-30T00:00:00.000Z')).then(reopened()));
  it('is not reopened after 90 days', () => given(opportunity, ...past).when((state) => reopen(state, 'x', '2026-05-30T00:00:00.001Z')).thenRefused('reopen-too-late', { days: 90 }));
  it('tells its loss again when its reopening met a closing account', () => given(opportunity, ...past, reopened()).when(takeBackOpening).then({ ...lost(), supersedes: [2, 3] } as OpportunityEvent));
});

describe('when withdrawn', () => {
  const past = [opened, withdrawn(1)] as const;
  it('is not there', () => given(opportunity, ...past).when((state) => advance(state, { to: 'qualified', reason: null }, TODAY)).thenRefused('opportunity-unknown'));
  it('is not taken back again', () => given(opportunity, ...past).when(takeBackOpening).thenNothing());
});

describe('without an account', () => {
  const recorded: OpportunityEvent = {
    type: 'opportunities.opportunity.recorded',
    data: { ...facts, accountId: null, stage: 'qualified', probability: 25, provenance: { source: 'crm', entity: 'deals', rowKey: '1', run: 'r1' } },
  };
  it('goes by its own id on the topic', () => expect(opportunity.partitionKey!(recorded)).toBeNull());
  it('gets its account', () => given(opportunity, recorded).when((state) => attachAccount(state, 'acme')).then(attached('acme')));
  it('gets it once', () => given(opportunity, recorded, attached('acme')).when((state) => attachAccount(state, 'acme')).thenNothing());
});
