import { type Deliverable, DELIVERABLES, type RaciLetter } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { queryCase, RowById, Views } from '@keyfold/event-sourcing-nest';
import { Access, ownerOfRow } from '@keyfold/platform';
import { keyAccounts } from './key-accounts.projection.js';
import { ACCOUNT_READERS } from './key-accounts.query.js';

export interface RaciMatrix {
  readonly id: string;
  /** The owner first, then the team, then who has letters and is neither any more. */
  readonly members: readonly { readonly memberId: string; readonly name: string | null; readonly role: string }[];
  /** One for each deliverable; `accountable` null: nobody answers for it. */
  readonly deliverables: readonly { readonly deliverable: Deliverable; readonly accountable: string | null; readonly letters: readonly { readonly memberId: string; readonly letters: readonly RaciLetter[] }[] }[];
}

export class GetRaciMatrix extends RowById<RaciMatrix> {}

/** Who does what for an account (domain.md M4); a deliverable without anybody is there with no letters. */
export const raciMatrixQuery = queryCase(GetRaciMatrix, {
  route: 'raci-matrices/:id',
  roles: ACCOUNT_READERS,
  needs: [Views, Access],
  async answer(query, [views, access]): Promise<RaciMatrix> {
    await views.arrived(query);
    const row = await views.of(keyAccounts).get(query.id);
    if (!row || !(await access.coversAccount(query.scope, query.id, 'read'))) throw new NotFound('key-account', query.id);
    const owner = ownerOfRow(row, access.now());
    const roles = new Map<string, string>([...(owner ? [[owner, 'owner'] as const] : []), ...row.team.map(({ memberId, role }) => [memberId, role] as const)]);
    for (const { memberId } of row.raci) if (!roles.has(memberId)) roles.set(memberId, 'left');
    return {
      id: row.id,
      members: await Promise.all([...roles].map(async ([memberId, role]) => ({ memberId, name: await access.memberName(memberId), role }))),
      deliverables: DELIVERABLES.map((deliverable) => {
        const own = row.raci.filter((one) => one.deliverable === deliverable);
        const letters = [...Map.groupBy(own, ({ memberId }) => memberId)].map(([memberId, theirs]) => ({ memberId, letters: theirs.map(({ letter }) => letter) }));
        return { deliverable, accountable: own.find(({ letter }) => letter === 'A')?.memberId ?? null, letters };
      }),
    };
  },
});
