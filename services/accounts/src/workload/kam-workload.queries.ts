import { type Page, PageQuery, queryCase, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId, IsMonth, monthOf, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { teamBoard, type TeamBoardRow } from '../team-board/team-board.projection.js';
import type { Workload } from './workload.js';
import { Workloads } from './workloads.js';

interface KamWorkload extends Workload {
  readonly id: string;
  readonly name: string | null;
  readonly overThreshold: boolean | null;
  /** What the last month-end said. */
  readonly measured: TeamBoardRow['workload'];
}

export class ListKamWorkloads extends PageQuery<KamWorkload> {
  /** Of whose absences and rules; this month when absent. */
  @IsOptional() @IsMonth() month?: string;
  @IsOptional() @IsId() managerId?: string;
}

/** `GET /api/accounts/kam-workload` (domain.md H1, Q6): what each key account manager has on his hands now. */
export const kamWorkloadQuery = queryCase(ListKamWorkloads, {
  route: 'kam-workload',
  roles: ['kam', 'director', 'hr', 'auditor'],
  needs: [Views, Access, ReportingTime, Workloads],
  async answer(query, [views, access, time, workloads]): Promise<Page<KamWorkload>> {
    const { scope, managerId, month = monthOf(time.dateOf(access.now())) } = query;
    const filter = { $and: [await access.ownerFilter(scope, 'id'), { role: 'kam', status: 'onboarded' }, ...(managerId === undefined ? [] : [{ managerId }])] };
    const page = await views.page(teamBoard, query, { filter });
    const show = async ({ id, country, absences, workload: measured }: TeamBoardRow): Promise<KamWorkload> => {
      const workload = await workloads.of({ id, country, absences }, month, access.now());
      const overThreshold = workload.loadPercent === null ? null : workload.loadPercent > workload.thresholdPercent;
      return { id, name: await access.memberName(id), ...workload, overThreshold, measured };
    };
    return { ...page, items: await Promise.all(page.items.map(show)) };
  },
});
