import { describe, it } from '@jest/globals';
import type { PortfolioEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { assignAccount, createPortfolio, endAssignment, keepAccount, noteHandedOver, noteRefusal, type Portfolio, portfolio, releaseAccount, resumeHandover, startHandover, weighAccount } from './portfolio.aggregate.js';

const since = '2026-01-01T00:00:00.000Z';
const until = '2026-04-01T00:00:00.000Z';
const created: PortfolioEvent = { type: 'accounts.portfolio.created', data: { memberId: 'anna' } };
const assigned = (accountId: string): PortfolioEvent => ({ type: 'accounts.portfolio.account-assigned', data: { accountId }, occurredAt: since });
const released = (accountId: string): PortfolioEvent => ({ type: 'accounts.portfolio.account-released', data: { accountId }, occurredAt: until });
const weighed = (accountId: string, weightPercent: number | null): PortfolioEvent => ({ type: 'accounts.portfolio.account-weighed', data: { accountId, weightPercent } });
const two = [created, assigned('acme'), assigned('bolt')] as const;

describe('a portfolio', () => {
  it('is created, once', () => {
    given(portfolio).when((state) => createPortfolio(state, 'anna')).then(created);
    given(portfolio, created).when((state) => createPortfolio(state, 'anna')).thenNothing();
  });
  it('begins with its first account', () => given(portfolio).when((state) => assignAccount(state, 'anna', 'acme', since)).then(created, assigned('acme')));
  it('takes an account once', () => given(portfolio, created, assigned('acme')).when((state) => assignAccount(state, 'anna', 'acme', since)).thenNothing());
  it('releases an account, once', () => {
    given(portfolio, ...two).when((state) => releaseAccount(state, 'acme', until)).then(released('acme'));
    given(portfolio, ...two, released('acme')).when((state) => releaseAccount(state, 'acme', until)).thenNothing();
    given(portfolio).when((state) => releaseAccount(state, 'acme', until)).thenNothing();
  });
  it('takes back what it released', () => given(portfolio, ...two, released('acme')).when((state) => assignAccount(state, 'anna', 'acme', since)).then(assigned('acme')));
  it('keeps what it was to release, once, as if that had never been said', () => {
    const kept: PortfolioEvent = { type: 'accounts.portfolio.account-kept', data: { accountId: 'acme' } };
    given(portfolio, ...two, released('acme')).when((state) => keepAccount(state, 'acme')).then(kept);
    given(portfolio, ...two, released('acme'), kept).when((state) => keepAccount(state, 'acme')).thenNothing();
    given(portfolio, ...two).when((state) => keepAccount(state, 'cleo')).thenNothing();
    // There and back on one day, and cancelled: the empty one is not what goes on.
    given(portfolio, ...two, released('acme'), { ...assigned('acme'), occurredAt: until }, released('acme'), kept).when((state) => releaseAccount(state, 'acme', until)).then(released('acme'));
    given(portfolio, ...two, weighed('acme', 60), released('acme'), kept).when((state) => weighAccount(state, 'bolt', 41)).thenRefused('portfolio-overweight', { sum: 101 });
    given(portfolio, ...two, weighed('acme', 60), released('acme'), weighed('bolt', 50)).when((state) => keepAccount(state, 'acme')).then(kept, weighed('acme', null));
  });
  it('ends with the account, also where it was to be handed over later, or to come', () => {
    const ended = '2026-03-01T00:00:00.000Z';
    const end = (state: Portfolio) => endAssignment(state, 'acme', ended);
    const releasedThen: PortfolioEvent = { ...released('acme'), occurredAt: ended };
    given(portfolio, ...two).when(end).then(releasedThen);
    given(portfolio, ...two, released('acme')).when(end).then({ type: 'accounts.portfolio.account-kept', data: { accountId: 'acme' } }, releasedThen);
    given(portfolio, created, { ...assigned('acme'), occurredAt: until }).when(end).then(released('acme'));
    given(portfolio, ...two, releasedThen).when(end).thenNothing();
    given(portfolio, created).when(end).thenNothing();
  });
});

describe('the weights of a portfolio', () => {
  it('are given, once', () => {
    given(portfolio, ...two).when((state) => weighAccount(state, 'acme', 60)).then(weighed('acme', 60));
    given(portfolio, ...two, weighed('acme', 60)).when((state) => weighAccount(state, 'acme', 60)).thenNothing();
    given(portfolio, ...two, weighed('acme', 60)).when((state) => weighAccount(state, 'acme', null)).then(weighed('acme', null));
  });
  it('add up to 100 at most', () => {
    given(portfolio, ...two, weighed('acme', 60)).when((state) => weighAccount(state, 'bolt', 40)).then(weighed('bolt', 40));
    given(portfolio, ...two, weighed('acme', 60)).when((state) => weighAccount(state, 'bolt', 41)).thenRefused('portfolio-overweight', { sum: 101 });
    given(portfolio, ...two, weighed('acme', 60), released('acme')).when((state) => weighAccount(state, 'bolt', 100)).then(weighed('bolt', 100));
  });
  it('are those of its accounts', () => given(portfolio, ...two, released('acme')).when((state) => weighAccount(state, 'acme', 10)).thenRefused('portfolio-account-missing'));
});

describe('the handover of a portfolio', () => {
  const facts = { handoverId: 'h1', toMemberId: 'bea', effectiveOn: '2026-04-01', reason: 'leaves' };
  const started: PortfolioEvent = { type: 'accounts.portfolio.handover-started', data: { ...facts, accountIds: ['acme', 'bolt'] } };
  const done = (accountId: string): PortfolioEvent => ({ type: 'accounts.portfolio.account-handed-over', data: { handoverId: 'h1', accountId } });
  const refusal = { handoverId: 'h1', accountId: 'acme', code: 'tier-a-limit' };
  const refused: PortfolioEvent = { type: 'accounts.portfolio.account-not-handed-over', data: refusal };
  const complete: PortfolioEvent = { type: 'accounts.portfolio.handed-over', data: { handoverId: 'h1', toMemberId: 'bea', accounts: 2 } };
  const resumed: PortfolioEvent = { type: 'accounts.portfolio.handover-resumed', data: { ...facts, attempt: 2, accountIds: ['acme'] } };
  const stopped = [...two, started, refused, done('bolt'), released('bolt')] as const;

  it('starts with all that the member has', () => given(portfolio, ...two).when((state) => startHandover(state, facts)).then(started));
  it('leaves out what goes to somebody else already', () =>
    given(portfolio, ...two, released('acme')).when((state) => startHandover(state, facts)).then({ ...started, data: { ...started.data, accountIds: ['bolt'] } } as PortfolioEvent));
  it('starts once', () => given(portfolio, ...two, started).when((state) => startHandover(state, { ...facts, handoverId: 'h2' })).thenNothing());
  it('to another one waits for its end', () => given(portfolio, ...two, started).when((state) => startHandover(state, { ...facts, toMemberId: 'cleo' })).thenRefused('portfolio-handover-running'));
  it('needs accounts, and another member', () => {
    given(portfolio, created).when((state) => startHandover(state, facts)).thenRefused('portfolio-empty');
    given(portfolio, ...two).when((state) => startHandover(state, { ...facts, toMemberId: 'anna' })).thenRefused('portfolio-handover-to-self');
  });
  it('is complete with its last account', () => {
    given(portfolio, ...two, started).when((state) => noteHandedOver(state, 'h1', 'acme')).then(done('acme'));
    given(portfolio, ...two, started, done('acme')).when((state) => noteHandedOver(state, 'h1', 'bolt')).then(done('bolt'), complete);
  });
  it('notes each account once', () => {
    given(portfolio, ...two, started, done('acme')).when((state) => noteHandedOver(state, 'h1', 'acme')).thenNothing();
    given(portfolio, ...two, started, refused).when((state) => noteRefusal(state, refusal)).thenNothing();
    given(portfolio, ...two, started).when((state) => noteHandedOver(state, 'h0', 'acme')).thenNothing();
  });
  it('notes what was refused, and why', () => given(portfolio, ...two, started).when((state) => noteRefusal(state, refusal)).then(refused));
  it('is not complete while an account was refused', () => given(portfolio, ...two, started, refused).when((state) => noteHandedOver(state, 'h1', 'bolt')).then(done('bolt')));
  it('is resumed for what was refused', () => given(portfolio, ...stopped).when((state) => resumeHandover(state, 'h1')).then(resumed));
  it('is complete when it is resumed and nothing is left', () =>
    given(portfolio, ...stopped, released('acme')).when((state) => resumeHandover(state, 'h1')).then({ ...complete, data: { ...complete.data, accounts: 1 } } as PortfolioEvent));
  it('is not resumed while it runs, nor when there is none', () => {
    given(portfolio, ...two, started).when((state) => resumeHandover(state, 'h1')).thenRefused('portfolio-handover-running');
    given(portfolio, ...two).when((state) => resumeHandover(state, 'h1')).thenRefused('portfolio-handover-unknown');
  });
  it('takes the resumed account for its last', () => given(portfolio, ...stopped, resumed).when((state) => noteHandedOver(state, 'h1', 'acme')).then(done('acme'), complete));
});
