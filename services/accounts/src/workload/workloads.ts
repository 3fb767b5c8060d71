import { Inject, Injectable } from '@nestjs/common';
import type { ProjectionStore } from '@keyfold/event-sourcing';
import { PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { accountDirectory, ownerToday } from '@keyfold/platform';
import { planActions } from '../account-plan/plan-actions.projection.js';
import { Policies } from '../policy/policies.js';
import { tasks } from '../task/tasks.projection.js';
import { presenceIn, type Workload, workloadOf } from './workload.js';

/** Far beyond what anybody can look after; whoever has more is over capacity anyway. */
const ACCOUNTS_LIMIT = 2_000;

interface Worker {
  readonly id: string;
  readonly country: string | null;
  readonly absences: readonly { readonly from: string; readonly to: string }[];
}

/** The workload of members by what they have on their hands now, by the rules of a month. */
@Injectable()
export class Workloads {
  constructor(
    private readonly policies: Policies,
    @Inject(PROJECTIONS) private readonly store: ProjectionStore,
  ) {}

  /** `month`: `2026-03`; `now`: the instant at which owners are asked for. */
  async of({ id, country, absences }: Worker, month: string, now: string): Promise<Workload> {
    const first = `${month}-01`;
    const [workload, capacity, calendar, accounts, openTasks, openActions] = await Promise.all([
      this.policies.inForce('workload', first),
      this.policies.inForce('capacity', first),
      this.policies.inForce('calendar', first, country?.toLowerCase()),
      this.store.view(accountDirectory).find({ filter: { memberIds: id }, sort: {}, limit: ACCOUNTS_LIMIT }),
      this.store.view(tasks).count({ assigneeId: id, state: 'open' }),
      this.store.view(planActions).count({ ownerId: id, type: 'action', state: { $in: ['open', 'in-progress'] } }),
    ]);
    const own = accounts.filter((account) => account.status !== 'closed' && account.status !== 'merged' && ownerToday(account, now) === id);
    return workloadOf({ tiers: own.map(({ tier }) => tier), openTasks, openActions }, presenceIn(month, absences, calendar), workload, capacity);
  }
}
