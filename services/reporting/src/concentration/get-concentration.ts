import type { KeyAccountEvent } from '@keyfold/contracts';
import type { TemporalRow } from '@keyfold/event-sourcing';
import { queryCase } from '@keyfold/event-sourcing-nest';
import { Access, addDays, IsWhole, monthsLater, ReportingTime } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { accountsAt } from '../history/dimensions.js';
import { Figures } from '../history/figures.js';
import { Groups } from '../history/group.js';
import { accountHistory } from '../history/histories.js';
import { PointQuery } from '../history/point-query.js';
import { READERS } from '../reporting.roles.js';
import { concentration, type Concentration } from './concentration.js';

export interface ConcentrationCurve {
  readonly asOf: string;
  readonly knownOn: string;
  /** First day of the won value that counts. */
  readonly since: string;
  /** Null where nothing was won, or where it was won in several currencies. */
  readonly concentration: Concentration | null;
}

export class GetConcentrationCurve extends PointQuery<ConcentrationCurve> {
  /** Months of won value that count, up to asOf. */
  @IsOptional() @Type(() => Number) @IsWhole(1, 120) months: number = 12;
  /** A group counts as one client, or each account for itself. */
  @IsOptional() @IsIn(['group', 'account']) by: 'group' | 'account' = 'group';
}

/** How much of what was won comes from how few clients (domain.md H2). */
export const concentrationCurveQuery = queryCase(GetConcentrationCurve, {
  route: 'concentration-curve',
  roles: READERS,
  needs: [Figures, Access, ReportingTime],
  async answer(query, [figures, access, time]): Promise<ConcentrationCurve> {
    await figures.arrived(query);
    const point = figures.point(query);
    const since = addDays(monthsLater(point.on, -query.months), 1);
    const from = Date.parse(time.startOfDay(since));
    const covered = new Set((await access.accountsIn(query.scope)).map(({ id }) => id));
    const accounts = accountsAt(await figures.all<TemporalRow<KeyAccountEvent>>(accountHistory), point);
    const groups = new Groups(accounts);
    const won = (await figures.everyDeal(point)).flatMap(({ outcome, closedAt, accountId, amount }) => {
      const account = outcome === 'won' && closedAt! >= from && accountId !== null && covered.has(accountId) ? groups.resolve(accountId) : null;
      return account && amount ? [{ client: query.by === 'group' ? groups.ultimateParent(account) : account, amount }] : [];
    });
    const clients = [...Map.groupBy(won, ({ client }) => client.id).values()].map((list) => ({ id: list[0]!.client.id, name: list[0]!.client.name, values: list.map(({ amount }) => amount) }));
    return { asOf: point.on, knownOn: point.known, since, concentration: concentration(clients) };
  },
});
