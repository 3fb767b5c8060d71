import { describe, expect, it } from '@jest/globals';
import type { CsrScorecardEvent } from '@keyfold/contracts';
import type { ProcessInput } from '@keyfold/event-sourcing';
import { given } from '@keyfold/event-sourcing/testing';
import { csrScorecard } from './csr-scorecard.aggregate.js';
import { completeInitiative, keepCommitment, launchInitiative, makeCommitment, missCommitment, passReview, requestReview, waiveReview } from './csr-scorecard.promises.js';
import { missedCommitment } from './missed-commitment.process.js';

const on = (day: string, start: string) => ({ on: day, today: '2026-03-05', start });
const today = on('2026-03-05', '2026-03-04T23:00:00.000Z');
const earlier = on('2026-02-20', '2026-02-19T23:00:00.000Z');
const made = { commitmentId: 'c1', pillar: 'environment', by: 'client', title: 'Electric lorries', dueOn: '2026-03-31', dueAt: '2026-03-31T21:59:59.999Z' } as const;
const commitmentMade: CsrScorecardEvent = { type: 'accounts.csr-scorecard.commitment-made', data: made, occurredAt: today.start };
const kept: CsrScorecardEvent = { type: 'accounts.csr-scorecard.commitment-kept', data: { commitmentId: 'c1', evidence: null }, occurredAt: today.start };
const missed: CsrScorecardEvent = { type: 'accounts.csr-scorecard.commitment-missed', data: { commitmentId: 'c1' }, occurredAt: made.dueAt };

describe('a commitment', () => {
  it('is made', () => given(csrScorecard).when((card) => makeCommitment(card, made, today)).then(commitmentMade));
  it('is made once', () => given(csrScorecard, commitmentMade).when((card) => makeCommitment(card, { ...made, commitmentId: 'c2' }, today)).thenNothing());
  it('may be recorded late', () => given(csrScorecard).when((card) => makeCommitment(card, { ...made, dueOn: '2026-03-01' }, earlier)).then({ ...commitmentMade, data: { ...made, dueOn: '2026-03-01' }, occurredAt: earlier.start } as CsrScorecardEvent));
  it('is not due before it is made', () => given(csrScorecard).when((card) => makeCommitment(card, { ...made, dueOn: '2026-03-05' }, today)).thenRefused('commitment-due-past'));
  it('is not made ahead', () => given(csrScorecard).when((card) => makeCommitment(card, made, on('2026-03-06', '2026-03-05T23:00:00.000Z'))).thenRefused('csr-in-future'));

  it('is kept once', () => {
    given(csrScorecard, commitmentMade).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: null }, today)).then(kept);
    given(csrScorecard, commitmentMade, kept).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: 'x' }, today)).thenNothing();
  });
  it('is not kept by what came after its day', () =>
    given(csrScorecard, commitmentMade).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: null }, { ...today, on: '2026-04-01', today: '2026-04-02' })).thenRefused('commitment-too-late', { dueOn: '2026-03-31' }));
  it('was kept after all when that is learned late', () =>
    given(csrScorecard, commitmentMade, missed).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: null }, { ...today, today: '2026-04-02' })).then({ ...kept, supersedes: [2] }));
  it('is not kept before it was made', () => given(csrScorecard, commitmentMade).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: null }, earlier)).thenRefused('commitment-not-made-yet'));
  it('is not kept ahead', () => given(csrScorecard, commitmentMade).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: null }, { ...today, on: '2026-03-06' })).thenRefused('csr-in-future'));
  it('that is not known is not kept', () => given(csrScorecard).when((card) => keepCommitment(card, { commitmentId: 'c1', evidence: null }, today)).thenRefused('commitment-unknown'));

  it('is missed once, at the end of its day', () => {
    given(csrScorecard, commitmentMade).when((card) => missCommitment(card, 'c1')).then(missed);
    given(csrScorecard, commitmentMade, missed).when((card) => missCommitment(card, 'c1')).thenNothing();
  });
  it('that was kept is not missed', () => given(csrScorecard, commitmentMade, kept).when((card) => missCommitment(card, 'c1')).thenNothing());
});

describe('the watch over a commitment', () => {
  const madeInput: ProcessInput = { type: commitmentMade.type, data: made, occurredAt: today.start, service: 'accounts', streamId: 'csr-acme' };
  const fired: ProcessInput = { type: 'timer-fired', data: { timer: 'due', set: 2 }, occurredAt: made.dueAt, service: null, streamId: 'commitment-c1' };
  const state = missedCommitment.evolve(missedCommitment.initial, madeInput);
  it('sets a timer for the end of the due day', () => expect(missedCommitment.react(state, madeInput, made.dueAt)).toEqual([{ timer: 'due', at: made.dueAt }]));
  it('asks when it fires', () => expect(missedCommitment.react(state, fired, made.dueAt)).toEqual([{ step: 'miss', send: { name: 'csr-scorecards/miss-commitment', id: 'acme', body: { commitmentId: 'c1' } } }]));
});

describe('a joint initiative', () => {
  const facts = { initiativeId: 'i1', pillar: 'environment', title: 'Pallets', goal: 'None one-way', endsOn: '2026-12-31' } as const;
  const launched: CsrScorecardEvent = { type: 'accounts.csr-scorecard.joint-initiative-launched', data: facts };
  const outcome = { initiativeId: 'i1', outcome: 'Done', co2eSavedKg: 5_400 };
  const completed: CsrScorecardEvent = { type: 'accounts.csr-scorecard.joint-initiative-completed', data: outcome };
  it('is launched once', () => {
    given(csrScorecard).when((card) => launchInitiative(card, facts, today.today)).then(launched);
    given(csrScorecard, launched).when((card) => launchInitiative(card, { ...facts, initiativeId: 'i2' }, today.today)).thenNothing();
  });
  it('does not end before it begins', () => given(csrScorecard).when((card) => launchInitiative(card, { ...facts, endsOn: '2026-03-05' }, today.today)).thenRefused('initiative-ends-past'));
  it('is completed once', () => {
    given(csrScorecard, launched).when((card) => completeInitiative(card, outcome)).then(completed);
    given(csrScorecard, launched, completed).when((card) => completeInitiative(card, outcome)).thenNothing();
  });
  it('that is not known is not completed', () => given(csrScorecard).when((card) => completeInitiative(card, outcome)).thenRefused('initiative-unknown'));
});

describe('a CSR review', () => {
  const about = { reviewId: 'r1', subject: { type: 'bid', id: 'b1' }, amount: { amountMinor: 100, currency: 'EUR' } } as const;
  const requested: CsrScorecardEvent = { type: 'accounts.csr-scorecard.csr-review-requested', data: { ...about, requestedById: 'anna' } };
  const passed: CsrScorecardEvent = { type: 'accounts.csr-scorecard.csr-review-passed', data: { ...about, note: null } };
  const waived: CsrScorecardEvent = { type: 'accounts.csr-scorecard.csr-review-waived', data: { ...about, reason: 'urgent' } };
  const pass = (decidedById: string) => (card: typeof csrScorecard.initial) => passReview(card, { reviewId: 'r1', note: null, decidedById });
  const waive = (decidedById: string) => (card: typeof csrScorecard.initial) => waiveReview(card, { reviewId: 'r1', reason: 'urgent', decidedById });
  it('is requested once', () => {
    given(csrScorecard).when((card) => requestReview(card, { ...about, requestedById: 'anna' })).then(requested);
    given(csrScorecard, requested).when((card) => requestReview(card, { ...about, reviewId: 'r2', requestedById: 'bea' })).thenNothing();
  });
  it('of another amount is another one', () => {
    const more = { ...about, reviewId: 'r2', amount: { amountMinor: 200, currency: 'EUR' }, requestedById: 'anna' };
    given(csrScorecard, requested).when((card) => requestReview(card, more)).then({ ...requested, data: more } as CsrScorecardEvent);
  });
  it('is passed by another than who requested it', () => {
    given(csrScorecard, requested).when(pass('dora')).then(passed);
    given(csrScorecard, requested).when(pass('anna')).thenRefused('csr-review-own-request');
  });
  it('is waived by another than who requested it', () => {
    given(csrScorecard, requested).when(waive('dora')).then(waived);
    given(csrScorecard, requested).when(waive('anna')).thenRefused('csr-review-own-request');
  });
  it('is decided once', () => {
    given(csrScorecard, requested, passed).when(pass('dora')).thenNothing();
    given(csrScorecard, requested, waived).when(waive('dora')).thenNothing();
    given(csrScorecard, requested, passed).when(waive('dora')).thenRefused('csr-review-decided', { state: 'passed' });
    given(csrScorecard, requested, waived).when(pass('dora')).thenRefused('csr-review-decided', { state: 'waived' });
  });
  it('that is not known is not decided', () => given(csrScorecard).when(pass('dora')).thenRefused('csr-review-unknown'));
});
