import type { Money, Quota } from '@keyfold/contracts';
import { queryCase, ScopedQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsYear, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { capacityByQuarter, rampPercentOn } from './capacity.js';
import { teamBoard } from './team-board.projection.js';

const MEMBERS_LIMIT = 1_000;

interface CapacityOfMember {
  readonly id: string;
  readonly name: string | null;
  readonly quota: Quota | null;
  readonly rampPercent: number;
  /** Minor units of the quota's currency in each quarter; null without a quota. */
  readonly quarters: readonly number[] | null;
  readonly total: Money | null;
}

interface TeamCapacity {
  readonly year: number;
  readonly members: readonly CapacityOfMember[];
  /** One sum for each currency: they are never added up. */
  readonly totals: readonly Money[];
  /** Members of whom there is no quota, and so no figure. */
  readonly withoutQuota: number;
  /** True when there are more members than are listed and summed here. */
  readonly cut: boolean;
}

export class GetTeamCapacity extends ScopedQuery<TeamCapacity> {
  @IsOptional() @IsYear() year?: number;
}

/** `GET /api/accounts/team-capacity?year=2026` (domain.md 3.15): what those who sell can bring in, by member and in all. */
export const teamCapacityQuery = queryCase(GetTeamCapacity, {
  route: 'team-capacity',
  roles: ['director', 'hr', 'finance', 'auditor'],
  needs: [Views, Access, ReportingTime],
  async answer({ scope, year: asked }, [views, access, time]): Promise<TeamCapacity> {
    const today = time.dateOf(access.now());
    const year = asked ?? Number(today.slice(0, 4));
    const filter = { $and: [await access.ownerFilter(scope, 'id'), { role: { $in: ['kam', 'director', 'sales-engineer'] } }] };
    const rows = await views.of(teamBoard).find({ filter, sort: {}, limit: MEMBERS_LIMIT + 1 });
    const there = rows.slice(0, MEMBERS_LIMIT).filter(({ leaving }) => leaving === null || leaving.lastDay >= `${year}-01-01`);
    const members = await Promise.all(
      there.map(async ({ id, quotas, ramp, leaving }): Promise<CapacityOfMember> => {
        const quota = quotas.find((one) => one.year === year) ?? null;
        const quarters = capacityByQuarter(quota, ramp, leaving?.lastDay ?? null);
        const total = quota && quarters && { amountMinor: quarters.reduce((sum, amount) => sum + amount, 0), currency: quota.amount.currency };
        return { id, name: await access.memberName(id), quota, rampPercent: rampPercentOn(ramp, today), quarters, total };
      }),
    );
    return { year, members, totals: sums(members), withoutQuota: members.filter(({ quota }) => !quota).length, cut: rows.length > MEMBERS_LIMIT };
  },
});

function sums(members: readonly CapacityOfMember[]): Money[] {
  const byCurrency = Map.groupBy(members.flatMap(({ total }) => (total ? [total] : [])), ({ currency }) => currency);
  return [...byCurrency].map(([currency, amounts]) => ({ currency, amountMinor: amounts.reduce((sum, { amountMinor }) => sum + amountMinor, 0) }));
}
