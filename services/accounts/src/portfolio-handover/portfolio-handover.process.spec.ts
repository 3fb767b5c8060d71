import { describe, expect, it } from '@jest/globals';
import type { ProcessInput, RecordedEvent } from '@keyfold/event-sourcing';
import { portfolioHandover } from './portfolio-handover.process.js';

const NOW = '2026-03-02T10:00:00.000Z';
const facts = { handoverId: 'h1', toMemberId: 'bea', effectiveOn: '2026-04-01', reason: 'leaves' };
const input = (type: string, data: object): ProcessInput => ({ type, data, occurredAt: NOW, service: 'accounts', streamId: 'portfolio-anna' });
const started = input('accounts.portfolio.handover-started', { ...facts, accountIds: ['acme', 'bolt'] });
const resumed = input('accounts.portfolio.handover-resumed', { ...facts, attempt: 2, accountIds: ['acme'] });
const refused = (step: string): ProcessInput => ({ type: 'command-refused', data: { step, code: 'tier-a-limit' }, occurredAt: NOW, service: null, streamId: 'portfoliohandover-h1' });
const after = (...inputs: ProcessInput[]) => portfolioHandover.react(inputs.reduce(portfolioHandover.evolve, portfolioHandover.initial), inputs.at(-1)!, NOW);
const handOver = (step: string, id: string) => ({
  step,
  send: { name: 'key-accounts/hand-over-with-portfolio', id, body: { fromOwnerId: 'anna', handoverId: 'h1', toOwnerId: 'bea', effectiveOn: '2026-04-01', reason: 'leaves' } },
});

describe('the handover of a portfolio', () => {
  it('hands over each account', () => expect(after(started)).toEqual([handOver('1:acme', 'acme'), handOver('1:bolt', 'bolt')]));
  it('hands over once more what was refused', () => expect(after(started, resumed)).toEqual([handOver('2:acme', 'acme')]));
  it('notes a refusal', () =>
    expect(after(started, refused('1:acme'))).toEqual([
      { step: 'refused:1:acme', send: { name: 'portfolios/note-refusal', id: 'anna', body: { handoverId: 'h1', accountId: 'acme', code: 'tier-a-limit' } } },
    ]));
  it('leaves a note that was refused alone', () => expect(after(started, refused('refused:1:acme'))).toEqual([]));
  it('is one instance for each handover', () => {
    expect(portfolioHandover.instanceOf(started as unknown as RecordedEvent)).toBe('h1');
    expect(portfolioHandover.instanceOf({ type: 'accounts.portfolio.created', data: { memberId: 'anna' } } as RecordedEvent)).toBeNull();
  });
});
