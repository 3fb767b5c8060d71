import { queryCase, ScopedQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { type KeyAccountRow, keyAccounts } from './key-accounts.projection.js';

const COLUMNS = ['prospect', 'targeted', 'engaged'] as const;
const CARDS = 50;

export interface HuntingBoard {
  readonly columns: readonly {
    readonly column: (typeof COLUMNS)[number];
    /** All of them; `cards` are the first 50 by name. */
    readonly count: number;
    readonly cards: readonly { readonly id: string; readonly name: string; readonly ownerId: string | null; readonly ownerName: string | null; readonly score: number | null; readonly engagedOn: string | null }[];
  }[];
}

export class GetHuntingBoard extends ScopedQuery<HuntingBoard> {
  @IsOptional() @IsId() ownerId?: string;
}

/** Who is not a client yet, by how far he is on the way (domain.md M18). */
export const huntingBoardQuery = queryCase(GetHuntingBoard, {
  route: 'hunting-board',
  roles: ['kam', 'director', 'auditor', 'bi'],
  needs: [Views, Access, ReportingTime],
  async answer(query, [views, access, time]): Promise<HuntingBoard> {
    await views.arrived(query);
    const view = views.of(keyAccounts);
    const own = [await access.ownFilter(query.scope), ...(query.ownerId === undefined ? [] : [{ ownerId: query.ownerId }])];
    const card = async ({ id, name, ownerId, score, engagedAt }: KeyAccountRow) => ({ id, name, ownerId, ownerName: await access.memberName(ownerId), score, engagedOn: engagedAt && time.dateOf(engagedAt) });
    const columns = COLUMNS.map(async (column) => {
      const engaged = column === 'prospect' ? [] : [{ engagedAt: column === 'engaged' ? { $ne: null } : null }];
      const filter = { $and: [{ status: column === 'prospect' ? 'prospect' : 'targeted' }, ...engaged, ...own] };
      const [count, rows] = await Promise.all([view.count(filter), view.find({ filter, sort: { sortName: 1 }, limit: CARDS })]);
      return { column, count, cards: await Promise.all(rows.map(card)) };
    });
    return { columns: await Promise.all(columns) };
  },
});
