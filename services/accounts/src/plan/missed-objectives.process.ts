import { accountPlanContract, marketingPlanContract, missedObjectivesContract, type PlanObjective } from '@keyfold/contracts';
import { type AggregateContract, idOf, isStreamOf, type ProcessInput, type ProcessManager, type Reaction } from '@keyfold/event-sourcing';

const KINDS = [
  { path: 'account-plans', contract: accountPlanContract as unknown as AggregateContract },
  { path: 'marketing-plans', contract: marketingPlanContract as unknown as AggregateContract },
];

export interface PlanOfObjectives {
  readonly path: string;
  readonly planId: string;
  readonly due: readonly { readonly objectiveId: string; readonly dueAt: string }[];
}

/**
 * Says that an objective was missed once its due date went by. Whether it was is decided by the plan, which knows what has happened since: the timer of a draft finds
 * nothing in force and is set again when the plan is activated. One instance per plan.
 */
export const missedObjectives: ProcessManager<PlanOfObjectives | null> = {
  name: 'missed-objectives',
  contract: missedObjectivesContract,
  follows: KINDS.map(({ contract }) => contract),

  instanceOf(event) {
    const kind = kindOf(event.streamId);
    return kind && (isAim(event.type) || isActivation(event.type)) ? idOf(kind.contract, event.streamId) : null;
  },

  initial: null,

  evolve(plan, input) {
    const kind = kindOf(input.streamId);
    if (!kind) return plan;
    const known = plan ?? { path: kind.path, planId: idOf(kind.contract, input.streamId), due: [] };
    if (!isAim(input.type)) return known;
    const { objectiveId, dueAt } = input.data as PlanObjective;
    return { ...known, due: [...known.due.filter((one) => one.objectiveId !== objectiveId), { objectiveId, dueAt }] };
  },

  react(plan, input) {
    if (!plan) return [];
    if (isActivation(input.type)) return plan.due.map(timerOf);
    if (isAim(input.type)) return plan.due.slice(-1).map(timerOf);
    return input.type === 'timer-fired' ? [missed(plan, input)] : [];
  },
};

const kindOf = (streamId: string) => KINDS.find(({ contract }) => isStreamOf(contract, streamId));
const isAim = (type: string): boolean => /\.objective-(set|revised)$/.test(type);
const isActivation = (type: string): boolean => type.endsWith('.activated');

/** `dueAt` is the last instant in time. */
const timerOf = ({ objectiveId, dueAt }: { objectiveId: string; dueAt: string }): Reaction => ({ timer: objectiveId, at: new Date(Date.parse(dueAt) + 1).toISOString() });

function missed({ path, planId }: PlanOfObjectives, input: ProcessInput): Reaction {
  const { timer: objectiveId, set } = input.data as { timer: string; set: number };
  return { step: `miss:${objectiveId}:${set}`, send: { name: `${path}/miss-objective`, id: planId, body: { objectiveId } } };
}
