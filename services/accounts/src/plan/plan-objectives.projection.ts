import { accountPlanContract, marketingPlanContract, OBJECTIVE_KINDS, type PlanObjective } from '@keyfold/contracts';
import { type AggregateContract, idOf, isStreamOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { PageQuery } from '@keyfold/event-sourcing-nest';
import { IsId, rowQueries } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { PLAN_READERS } from './plan-use-case.js';
import { progressOf, shownProgress } from './plan-objectives.aggregate.js';

const STATES = ['open', 'achieved', 'missed', 'dropped', 'left-open'] as const;

/** An objective of a plan and how far it is. */
export interface PlanObjectiveRow extends PlanObjective {
  readonly id: string;
  readonly planKind: string;
  readonly planId: string;
  readonly accountId: string;
  /** `left-open`: the plan was closed first. */
  readonly state: (typeof STATES)[number];
  readonly value: number | null;
  readonly measuredOn: string | null;
  /** Part of the way, 1 = there; null before anything was measured. */
  readonly progress: number | null;
}

type ObjectiveData = PlanObjective & { readonly value: number | null; readonly measuredOn: string; readonly openObjectiveIds: readonly string[]; readonly objectiveIds: readonly string[] };

const PLANS = [accountPlanContract, marketingPlanContract] as unknown as readonly AggregateContract[];
const contractOf = ({ streamId }: RecordedEvent): AggregateContract => PLANS.find((contract) => isStreamOf(contract, streamId))!;
const planIdOf = (event: RecordedEvent): string => idOf(contractOf(event), event.streamId);
const stepOf = ({ type }: RecordedEvent): string => type.slice(type.lastIndexOf('.') + 1);

/** Progress of the objectives of account plans and marketing plans (domain.md 3.12, M1, M13). */
export const planObjectives = projection<PlanObjectiveRow>({
  name: 'plan-objectives',
  version: 2,
  follows: PLANS as readonly AggregateContract<never>[],
  indexes: [['planId', 'dueOn'], ['accountId', 'dueOn'], ['ownerId', 'state', 'dueOn'], ['state', 'dueOn'], ['dueOn']],
  rowsOf(event) {
    return objectivesIn(event).map((id) => `${planIdOf(event)}--${id}`);
  },
  fold(row, event, id) {
    const data = event.data as ObjectiveData;
    switch (stepOf(event)) {
      case 'objective-set':
      case 'objective-revised':
        return aimed(row, event, id);
      case 'objective-progress-recorded':
        return measured(row!, data);
      case 'objective-achieved':
        return { ...row!, state: 'achieved' };
      case 'objective-missed':
        return { ...row!, state: 'missed' };
      case 'objective-dropped':
        return { ...row!, state: 'dropped' };
      case 'closed':
        return row && { ...row, state: 'left-open' };
      case 'withdrawn':
        return null;
      default:
        return row;
    }
  },
});

/** What was measured before and is heard of now is not where the objective stands. */
const measured = (row: PlanObjectiveRow, { value, measuredOn }: ObjectiveData): PlanObjectiveRow =>
  row.measuredOn !== null && row.measuredOn > measuredOn ? row : { ...row, value, measuredOn, progress: progressOf(row, value) };

/** Those that an event is about. */
function objectivesIn(event: RecordedEvent): readonly string[] {
  const { objectiveId, openObjectiveIds, objectiveIds } = event.data as ObjectiveData;
  const step = stepOf(event);
  if (step === 'closed') return openObjectiveIds;
  if (step === 'withdrawn') return objectiveIds;
  return step.startsWith('objective-') ? [objectiveId] : [];
}

function aimed(row: PlanObjectiveRow | null, event: RecordedEvent, id: string): PlanObjectiveRow {
  const { objectiveId, kind, title, metric, unit, baseline, target, dueOn, dueAt, ownerId } = event.data as PlanObjective;
  const value = row?.value ?? null;
  return {
    id,
    planKind: contractOf(event).name,
    planId: planIdOf(event),
    accountId: event.partitionKey,
    ...{ objectiveId, kind, title, metric, unit, baseline, target, dueOn, dueAt, ownerId },
    state: 'open',
    value,
    measuredOn: row?.measuredOn ?? null,
    progress: progressOf({ baseline, target }, value),
  };
}

type PlanObjectiveItem = PlanObjectiveRow & { progressPercent: number | null; accountName: string | null; ownerName: string | null };

export class ListPlanObjectives extends PageQuery<PlanObjectiveItem> {
  @IsOptional() @IsIn(PLANS.map(({ name }) => name)) planKind?: string;
  @IsOptional() @IsId() planId?: string;
  @IsOptional() @IsId() accountId?: string;
  @IsOptional() @IsId() ownerId?: string;
  @IsOptional() @IsIn(OBJECTIVE_KINDS) kind?: string;
  @IsOptional() @IsIn(STATES) state?: (typeof STATES)[number];
}

export const planObjectiveQueries = rowQueries<PlanObjectiveRow, PlanObjectiveItem, ListPlanObjectives>({
  path: 'plan-objectives',
  roles: PLAN_READERS,
  rows: planObjectives,
  list: ListPlanObjectives,
  equal: ['planKind', 'planId', 'accountId', 'ownerId', 'kind', 'state'],
  sort: { dueOn: 1 },
  scope: { account: 'accountId' },
  show: async (row, access) => ({
    ...row,
    progressPercent: shownProgress(row.progress),
    accountName: await access.accountName(row.accountId),
    ownerName: await access.memberName(row.ownerId),
  }),
});
