import { accountClosureContract, type ClosureBlocker, keyAccountContract, opportunityGuardContract, satisfactionGuardContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessManager } from '@keyfold/event-sourcing';

const ASKED = ['opportunities', 'satisfaction'] as const;

/** How long after the command deadline the answers may take; a service that is slower has said no. */
const ANSWER_MARGIN_MS = 20_000;

interface Closure {
  readonly accountId: string;
  readonly closureId: string;
  /** Open items by service, as answered. */
  readonly answers: Readonly<Record<string, number>>;
}

export const closureAnswerBy = (now: string, commandDeadlineMs: number): string => new Date(Date.parse(now) + commandDeadlineMs + ANSWER_MARGIN_MS).toISOString();

/**
 * May this account close? Only when opportunities and satisfaction both say, from their own logs and behind a raised barrier, that nothing is open on it.
 * One no refuses at once, a missing answer refuses at `answerBy`. One instance per closure request.
 */
export const accountClosure: ProcessManager<Closure | null> = {
  name: 'account-closure',
  contract: accountClosureContract,
  follows: [keyAccountContract, opportunityGuardContract, satisfactionGuardContract] as unknown as readonly AggregateContract[],

  instanceOf(event) {
    const asks = event.type === 'accounts.key-account.closure-requested' || event.type.endsWith('.guard.answered');
    return asks ? (event.data as { closureId: string }).closureId : null;
  },

  initial: null,

  evolve(closure, input) {
    if (input.type === 'accounts.key-account.closure-requested') {
      const { closureId } = input.data as { closureId: string };
      return { accountId: idOf(keyAccountContract, input.streamId), closureId, answers: {} };
    }
    if (!closure) return closure;
    if (input.type.endsWith('.guard.answered')) {
      const answers = { ...closure.answers, [input.service!]: (input.data as { open: number }).open };
      return { ...closure, answers };
    }
    return closure;
  },

  react(closure, input) {
    if (!closure) return [];
    if (input.type === 'accounts.key-account.closure-requested') return [{ timer: 'answer-by', at: (input.data as { answerBy: string }).answerBy }];
    const blockers = ASKED.flatMap((service): ClosureBlocker[] => (closure.answers[service] ? [{ service, code: 'open-items', open: closure.answers[service] }] : []));
    const silent = ASKED.filter((service) => closure.answers[service] === undefined);
    if (input.type === 'timer-fired') blockers.push(...silent.map((service): ClosureBlocker => ({ service, code: 'no-answer', open: 0 })));
    const { accountId: id, closureId } = closure;
    // Both steps are harmless when the other came first: the account takes the first decision and ignores the rest.
    if (blockers.length > 0) return [{ step: `refuse-${input.type}-${input.service ?? ''}`, send: { name: 'key-accounts/refuse-closure', id, body: { closureId, blockers } } }];
    if (silent.length === 0) return [{ step: `grant-${input.type}-${input.service ?? ''}`, send: { name: 'key-accounts/grant-closure', id, body: { closureId } } }];
    return [];
  },
};
