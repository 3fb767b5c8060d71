import { MEMBER_ROLES, type MemberRole } from '@keyfold/contracts';
import type { Filter } from '@keyfold/event-sourcing';
import { type Injectables, type Instances, queryCase, ScopedQuery, type UseCase, Views } from '@keyfold/event-sourcing-nest';
import { Access, addDays, IsDateOnly, ReportingTime } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import type { Type } from '@nestjs/common';
import { teamBoard, type TeamBoardRow } from '../team-board/team-board.projection.js';
import { bandPercentOf, equalPayOf, fairnessOf, funnelOf, hireQualityOf, meanScoreOf, offerAcceptanceOf, passings, timeToFillOf } from './hiring-figures.js';
import { requisitions, type RequisitionRow } from './requisitions.projection.js';

const REQUISITIONS_LIMIT = 2_000;
const NEEDS = [Views, Access, ReportingTime] as const satisfies Injectables;

/** Requisitions opened in a period, both days included, and those who were hired on them. */
interface Hiring {
  readonly rows: readonly RequisitionRow[];
  readonly hired: readonly TeamBoardRow[];
  readonly query: HiringQuery;
  readonly access: Access;
  readonly time: ReportingTime;
  readonly views: Views;
}

/** Of what the figures were made. `cut`: there were more requisitions than are looked at. */
interface Basis {
  readonly requisitions: number;
  readonly cut: boolean;
}

abstract class HiringQuery extends ScopedQuery<Basis> {
  /** First and last day on which the requisitions were opened. */
  @IsOptional() @IsDateOnly() from?: string;
  @IsOptional() @IsDateOnly() to?: string;
  @IsOptional() @IsIn(MEMBER_ROLES) role?: MemberRole;
}

/** A report over the requisitions of a period in the caller's scope. */
const reportCase = (type: Type<HiringQuery>, route: string, figuresOf: (hiring: Hiring) => object | Promise<object>): UseCase =>
  queryCase<Basis, HiringQuery, typeof NEEDS>(type, {
    route,
    roles: ['director', 'hr', 'auditor'],
    needs: NEEDS,
    async answer(query, needs) {
      const found = await foundBy(query, needs);
      const rows = found.slice(0, REQUISITIONS_LIMIT);
      const [views, access, time] = needs;
      const ids = rows.flatMap(({ hiredId, id }) => (hiredId === null ? [] : [id]));
      const hired = ids.length === 0 ? [] : await views.of(teamBoard).find({ filter: { requisitionId: { $in: ids } }, sort: {}, limit: REQUISITIONS_LIMIT });
      return { ...(await figuresOf({ rows, hired, query, access, time, views })), requisitions: rows.length, cut: found.length > REQUISITIONS_LIMIT };
    },
  });

async function foundBy({ scope, from, to, role }: HiringQuery, [views, access, time]: Instances<typeof NEEDS>): Promise<readonly RequisitionRow[]> {
  const opened: Filter[] = [
    ...(from === undefined ? [] : [{ openedAt: { $gte: time.startOfDay(from) } }]),
    ...(to === undefined ? [] : [{ openedAt: { $lt: time.startOfDay(addDays(to, 1)) } }]),
  ];
  const filter: Filter = { $and: [await access.ownerFilter(scope, 'managerId'), ...opened, ...(role === undefined ? [] : [{ role }])] };
  return views.of(requisitions).find({ filter, sort: { openedAt: -1 }, limit: REQUISITIONS_LIMIT + 1 });
}

export class GetHiringFunnel extends HiringQuery {}

const hiringFunnelQuery = reportCase(GetHiringFunnel, 'hiring-funnel', ({ rows }) => ({
  steps: funnelOf(passings(rows)),
  offerAcceptancePercent: offerAcceptanceOf(rows),
  open: rows.filter(({ state }) => state === 'open').length,
}));

export class GetTimeToFill extends HiringQuery {}

const timeToFillQuery = reportCase(GetTimeToFill, 'time-to-fill', ({ rows, time }) => {
  const figures = (some: readonly RequisitionRow[]) => timeToFillOf(some, (instant) => time.dateOf(instant));
  const byTension = [...Map.groupBy(rows, ({ tension }) => tension)].map(([tension, some]) => ({ tension, ...figures(some) }));
  return { ...figures(rows), byTension };
});

export class GetHireQuality extends HiringQuery {}

const hireQualityQuery = reportCase(GetHireQuality, 'hire-quality', ({ rows, hired }) => {
  const candidates = new Map(rows.flatMap((row) => row.candidates.map((candidate) => [candidate.candidateId, candidate] as const)));
  return hireQualityOf(
    hired.map(({ id, probation, status }) => {
      const candidate = candidates.get(id);
      return { probation: probation.state, left: status === 'offboarded', meanScore: candidate ? meanScoreOf(candidate) : null };
    }),
  );
});

export class GetFairnessReport extends HiringQuery {}

const TEAM_LIMIT = 2_000;

/**
 * Groups are decrypted to be counted here and go nowhere else. Whoever was erased is in no group any more, so that a figure may change, or fall below the
 * smallest group, with an erasure.
 */
const fairnessReportQuery = reportCase(GetFairnessReport, 'fairness-report', async ({ rows, query, access, views }) => {
  const candidates = await Promise.all(passings(rows).map(async (candidate) => ({ ...candidate, declared: candidate.group && (await access.reveal(candidate.group)) })));
  const team = await views.of(teamBoard).find({ filter: { $and: [await access.ownerFilter(query.scope, 'id'), { status: 'onboarded' }] }, sort: {}, limit: TEAM_LIMIT });
  const accepted = rows.flatMap((row) => {
    const group = row.candidates.find(({ candidateId }) => candidateId === row.offer?.candidateId)?.group ?? null;
    const bandPercent = bandPercentOf(row);
    return bandPercent === null ? [] : [{ group, bandPercent }];
  });
  const pay = equalPayOf(await Promise.all(accepted.map(async ({ group, bandPercent }) => ({ declared: group && (await access.reveal(group)), bandPercent }))));
  return { steps: fairnessOf(candidates), pay, training: trainingOf(team, query.from ?? '', query.to ?? '9999') };
});

/** Hours of training that were completed in the period; null hours a member without members. */
function trainingOf(team: readonly TeamBoardRow[], from: string, to: string) {
  const hours = team.flatMap(({ trainings }) => trainings).reduce((sum, training) => (from <= training.completedOn && training.completedOn <= to ? sum + training.hours : sum), 0);
  return { members: team.length, hours, hoursPerMember: team.length === 0 ? null : Math.round((hours / team.length) * 10) / 10 };
}

/** `GET /api/accounts/hiring-funnel`, `/time-to-fill`, `/hire-quality` and `/fairness-report` (domain.md H5, E2, R1b, 3.15). */
export const hiringReportQueries = [hiringFunnelQuery, timeToFillQuery, hireQualityQuery, fairnessReportQuery];
