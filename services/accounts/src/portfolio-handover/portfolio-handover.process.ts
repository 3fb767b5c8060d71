import { portfolioContract, type PortfolioEvent, portfolioHandoverContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessInput, type ProcessManager, type Reaction } from '@keyfold/event-sourcing';

type Begun = Extract<PortfolioEvent, { type: 'accounts.portfolio.handover-started' | 'accounts.portfolio.handover-resumed' }>;

interface PortfolioHandover {
  readonly memberId: string;
  readonly handoverId: string;
}

const isBegun = ({ type }: { type: string }): boolean => type === 'accounts.portfolio.handover-started' || type === 'accounts.portfolio.handover-resumed';

/** Sends each account's own handover, and notes those that were refused; the accounts note themselves that they were handed over. One instance per handover. */
export const portfolioHandover: ProcessManager<PortfolioHandover | null> = {
  name: 'portfolio-handover',
  contract: portfolioHandoverContract,
  follows: [portfolioContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (isBegun(event) ? (event.data as Begun['data']).handoverId : null),

  initial: null,

  evolve: (state, input) => (isBegun(input) ? { memberId: idOf(portfolioContract, input.streamId), handoverId: (input.data as Begun['data']).handoverId } : state),

  react(state, input) {
    if (!state) return [];
    if (isBegun(input)) return handovers(state, input);
    return input.type === 'command-refused' ? refusal(state, input.data as { step: string; code: string }) : [];
  },
};

function handovers({ memberId, handoverId }: PortfolioHandover, input: ProcessInput): Reaction[] {
  const { toMemberId, effectiveOn, reason, accountIds } = input.data as Begun['data'];
  const attempt = 'attempt' in input.data ? String(input.data.attempt) : '1';
  const body = { fromOwnerId: memberId, handoverId, toOwnerId: toMemberId, effectiveOn, reason };
  return accountIds.map((id) => ({ step: `${attempt}:${id}`, send: { name: 'key-accounts/hand-over-with-portfolio', id, body } }));
}

function refusal({ memberId, handoverId }: PortfolioHandover, { step, code }: { step: string; code: string }): Reaction[] {
  const [, accountId] = /^\d+:(.+)$/.exec(step) ?? [];
  return accountId ? [{ step: `refused:${step}`, send: { name: 'portfolios/note-refusal', id: memberId, body: { handoverId, accountId, code } } }] : [];
}
