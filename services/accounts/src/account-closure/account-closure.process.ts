import { accountClosureContract, type ClosureBlocker, keyAccountContract, opportunityGuardContract, satisfactionGuardContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessInput, type ProcessManager, type Reaction } from '@keyfold/event-sourcing';

const ASKED = ['opportunities', 'satisfaction'] as const;

/** How long after the command deadline the answers may take; a service that is slower has said no. */
const ANSWER_MARGIN_MS = 20_000;

interface Closure {
  /** Null until the request has arrived: answers come over other topics and may be faster. */
  readonly request: { readonly accountId: string; readonly closureId: string } | null;
  /** Open items by service, as answered. */
  readonly answers: Readonly<Record<string, number>>;
}

export const closureAnswerBy = (now: string, commandDeadlineMs: number): string => new Date(Date.parse(now) + commandDeadlineMs + ANSWER_MARGIN_MS).toISOString();

/**
 * May this account close? Only when opportunities and satisfaction both say, from their own logs and behind a raised barrier, that nothing is open on it.
 * One no refuses at once, a missing answer refuses at `answerBy`. One instance per closure request.
 */
export const accountClosure: ProcessManager<Closure> = {
  name: 'account-closure',
  contract: accountClosureContract,
  follows: [keyAccountContract, opportunityGuardContract, satisfactionGuardContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (event.type === REQUESTED || isAnswer(event) ? (event.data as { closureId: string }).closureId : null),

  initial: { request: null, answers: {} },

  evolve(closure, input) {
    if (input.type === REQUESTED) {
      const { closureId } = input.data as { closureId: string };
      return { ...closure, request: { accountId: idOf(keyAccountContract, input.streamId), closureId } };
    }
    return isAnswer(input) ? { ...closure, answers: { ...closure.answers, [input.service!]: (input.data as { open: number }).open } } : closure;
  },

  react(closure, input) {
    const timer = input.type === REQUESTED ? [{ timer: 'answer-by', at: (input.data as { answerBy: string }).answerBy }] : [];
    return [...timer, ...decide(closure, input)];
  },
};

const REQUESTED = 'accounts.key-account.closure-requested';
const isAnswer = ({ type }: { type: string }): boolean => type.endsWith('.guard.answered');

/** Granting and refusing are both harmless when the other came first: the account takes the first decision and ignores the rest. */
function decide({ request, answers }: Closure, input: ProcessInput): Reaction[] {
  if (!request) return [];
  const { accountId: id, closureId } = request;
  const blockers = ASKED.flatMap((service): ClosureBlocker[] => (answers[service] ? [{ service, code: 'open-items', open: answers[service] }] : []));
  const silent = ASKED.filter((service) => answers[service] === undefined);
  if (input.type === 'timer-fired') blockers.push(...silent.map((service): ClosureBlocker => ({ service, code: 'no-answer', open: 0 })));
  const step = (name: string): string => `${name}:${input.type}:${input.service ?? ''}`;
  if (blockers.length > 0) return [{ step: step('refuse'), send: { name: 'key-accounts/refuse-closure', id, body: { closureId, blockers } } }];
  return silent.length > 0 ? [] : [{ step: step('grant'), send: { name: 'key-accounts/grant-closure', id, body: { closureId } } }];
}
