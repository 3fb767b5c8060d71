import { type CsrScorecardEvent, csrScorecardContract, missedCommitmentContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessManager } from '@keyfold/event-sourcing';

const MADE = 'accounts.csr-scorecard.commitment-made';

type Made = Extract<CsrScorecardEvent, { type: typeof MADE }>['data'];

export interface Commitment {
  readonly accountId: string;
  readonly commitmentId: string;
}

/** Asks the scorecard, when the due day of a commitment is over, whether it was missed; one that was kept says nothing. One instance per commitment. */
export const missedCommitment: ProcessManager<Commitment | null> = {
  name: 'missed-commitment',
  contract: missedCommitmentContract,
  follows: [csrScorecardContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (event.type === MADE ? (event.data as Made).commitmentId : null),

  initial: null,

  evolve: (commitment, input) => (input.type === MADE ? { accountId: idOf(csrScorecardContract, input.streamId), commitmentId: (input.data as Made).commitmentId } : commitment),

  react(commitment, input) {
    if (input.type === MADE) return [{ timer: 'due', at: (input.data as Made).dueAt }];
    if (input.type !== 'timer-fired' || !commitment) return [];
    const { accountId: id, commitmentId } = commitment;
    return [{ step: 'miss', send: { name: 'csr-scorecards/miss-commitment', id, body: { commitmentId } } }];
  },
};
