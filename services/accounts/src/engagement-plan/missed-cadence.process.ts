import { type CadenceLevel, type EngagementPlanEvent, engagementPlanContract, missedCadenceContract } from '@keyfold/contracts';
import { type AggregateContract, idOf, type ProcessManager, type Reaction } from '@keyfold/event-sourcing';

export interface Due {
  readonly accountId: string;
  /** Due days by level, as last armed. */
  readonly dueOn: Readonly<Partial<Record<CadenceLevel, string>>>;
  readonly resumesOn: string | null;
}

const ARMED = 'accounts.engagement-plan.cadence-armed';
const PAUSED = 'accounts.engagement-plan.cadence-paused';

type Armed = Extract<EngagementPlanEvent, { type: typeof ARMED }>['data'];
type Paused = Extract<EngagementPlanEvent, { type: typeof PAUSED }>['data'];

/**
 * Asks the plan of an account for its verdict when the due day of a level is over, and ends a pause on its day. The timer of a level is set anew with each interval;
 * what a plan no longer waits for it does not judge, so that a timer that fires late or twice says nothing. One instance per account.
 */
export const missedCadence: ProcessManager<Due | null> = {
  name: 'missed-cadence',
  contract: missedCadenceContract,
  follows: [engagementPlanContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (event.type === ARMED || event.type === PAUSED ? idOf(engagementPlanContract, event.streamId) : null),

  initial: null,

  evolve(due, input) {
    if (input.type !== ARMED && input.type !== PAUSED) return due;
    const known = due ?? { accountId: idOf(engagementPlanContract, input.streamId), dueOn: {}, resumesOn: null };
    if (input.type === PAUSED) return { ...known, resumesOn: (input.data as Paused).resumesOn };
    const { level, dueOn } = input.data as Armed;
    return { ...known, dueOn: { ...known.dueOn, [level]: dueOn } };
  },

  react(due, input) {
    switch (input.type) {
      case ARMED:
        return [{ timer: (input.data as Armed).level, at: (input.data as Armed).dueAt }];
      case PAUSED: {
        const { resumesAt } = input.data as Paused;
        return resumesAt === null ? [] : [{ timer: PAUSE, at: resumesAt }];
      }
      case 'timer-fired':
        return due ? fired(due, input.data as Fired) : [];
      default:
        return [];
    }
  },
};

const PAUSE = 'pause';

interface Fired {
  readonly timer: CadenceLevel | typeof PAUSE;
  readonly set: number;
}

function fired({ accountId: id, dueOn, resumesOn }: Due, { timer, set }: Fired): Reaction[] {
  const step = `${timer}:${set}`;
  if (timer === PAUSE) return resumesOn === null ? [] : [{ step, send: { name: 'engagement-plans/end-pause', id, body: { resumesOn } } }];
  return [{ step, send: { name: 'engagement-plans/judge-cadence', id, body: { level: timer, dueOn: dueOn[timer] } } }];
}
