import type { KeyAccountEvent } from '@keyfold/contracts';
import { NotFound, type TemporalRow } from '@keyfold/event-sourcing';
import { queryCase } from '@keyfold/event-sourcing-nest';
import { Access } from '@keyfold/platform';
import { accountsAt } from '../history/dimensions.js';
import { Figures } from '../history/figures.js';
import { Groups } from '../history/group.js';
import { accountHistory } from '../history/histories.js';
import { PointQuery } from '../history/point-query.js';
import { READERS } from '../reporting.roles.js';
import { rollUp, type RollupNode } from './global-account-rollup.js';

export interface GlobalAccountRollup {
  readonly id: string;
  readonly asOf: string;
  readonly knownOn: string;
  /** The account that this one was merged into by then; its figures are there. */
  readonly successorId: string | null;
  /** The account and all below it that the reader may see, parents before children. */
  readonly nodes: readonly RollupNode[];
}

export class GetGlobalAccountRollup extends PointQuery<GlobalAccountRollup> {
  get id(): string {
    return this.caller.id!;
  }
}

/** Open pipeline and won value of a group as it was composed on a day, as that was known at an instant (domain.md E5). */
export const globalAccountRollupQuery = queryCase(GetGlobalAccountRollup, {
  route: 'global-account-rollups/:id',
  roles: READERS,
  needs: [Figures, Access],
  async answer(query, [figures, access]): Promise<GlobalAccountRollup> {
    await figures.arrived(query);
    const point = figures.point(query);
    const covered = new Set((await access.accountsIn(query.scope)).map(({ id }) => id));
    const accounts = accountsAt(await figures.all<TemporalRow<KeyAccountEvent>>(accountHistory), point);
    const root = accounts.get(query.id);
    if (!root || !covered.has(root.id)) throw new NotFound('account', query.id);
    const { id, successorId } = root;
    const nodes = successorId === null ? rollUp(root, new Groups(accounts), await figures.everyDeal(point), (each) => covered.has(each)) : [];
    return { id, asOf: point.on, knownOn: point.known, successorId, nodes };
  },
});
