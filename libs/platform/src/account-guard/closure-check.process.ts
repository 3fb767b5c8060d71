import { guardContract, type GuardService, keyAccountContract, opportunityClosureCheckContract, satisfactionClosureCheckContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessManager } from '@keyfold/event-sourcing';

/** What the clocks of two processes may differ by, and what an append sent at the deadline may still take. */
const MARGIN_MS = 1_000;

interface Check {
  readonly accountId: string;
  readonly closureId: string;
  readonly refused: boolean;
}

const CONTRACTS = { opportunities: opportunityClosureCheckContract, satisfaction: satisfactionClosureCheckContract };

/**
 * This service's part in the closing of an account: raise the barrier, wait until every command that was let in before it is through, answer from the log.
 * The wait counts from the raised barrier, not from the request. The barrier stays up for ever behind a closed account and comes down when the closure is refused.
 */
export function closureCheck(service: GuardService, commandDeadlineMs: number): ProcessManager<Check | null> {
  const barrierRaised = `${service}.guard.barrier-raised`;
  return {
    name: 'closure-check',
    contract: CONTRACTS[service],
    follows: [keyAccountContract, guardContract(service)] as unknown as readonly AggregateContract[],

    instanceOf: (event) =>
      ['accounts.key-account.closure-requested', 'accounts.key-account.closure-refused', barrierRaised].includes(event.type)
        ? (event.data as { closureId: string }).closureId
        : null,

    initial: null,

    evolve(check, input) {
      if (input.type === 'accounts.key-account.closure-requested')
        return { accountId: idOf(keyAccountContract, input.streamId), closureId: (input.data as { closureId: string }).closureId, refused: false };
      return check && input.type === 'accounts.key-account.closure-refused' ? { ...check, refused: true } : check;
    },

    react(check, input, now) {
      if (!check) return [];
      const { accountId: id, closureId, refused } = check;
      const send = (step: string) => [{ step, send: { name: `guards/${step}`, id, body: { closureId } } }];
      switch (input.type) {
        case 'accounts.key-account.closure-requested':
          return send('raise-barrier');
        case barrierRaised:
          return [{ timer: 'answer', at: new Date(Date.parse(now) + commandDeadlineMs + MARGIN_MS).toISOString() }];
        case 'timer-fired':
          return refused ? [] : send('answer');
        case 'accounts.key-account.closure-refused':
          return send('lower-barrier');
        default:
          return [];
      }
    },
  };
}
