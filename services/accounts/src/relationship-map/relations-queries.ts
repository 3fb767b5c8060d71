import { NotFound } from '@keyfold/event-sourcing';
import { type Page, PageQuery, queryCase, RowById, type UseCase, Views } from '@keyfold/event-sourcing-nest';
import { Access, IsId } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { RELATION_READERS } from '../stakeholder/stakeholders.projection.js';
import { Relations, type Terms } from './relations.js';
import { noRelations, relations, type RelationsRow } from './relations.projection.js';

/** What a question about relations is answered with, for one account at a time. */
export interface Asked {
  readonly relations: Relations;
  readonly terms: Terms;
}

/**
 * `GET /api/accounts/<path>`, an item for each account in the caller's scope, and `GET /api/accounts/<path>/<account id>`. `show` answers null for an account that is not worth a line:
 * the list leaves it out, so that a page may be shorter than its limit.
 */
export function relationsQueries<Item extends object>(path: string, show: (row: RelationsRow, asked: Asked) => Promise<Item | null>): readonly UseCase[] {
  type Shown = Item & { readonly accountId: string; readonly accountName: string | null };
  class List extends PageQuery<Shown> {
    @IsOptional() @IsId() accountId?: string;
  }
  class Get extends RowById<Shown | { readonly accountId: string; readonly accountName: string | null }> {}
  const name = path.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase());
  Object.defineProperty(List, 'name', { value: `List${name}` });
  Object.defineProperty(Get, 'name', { value: `Get${name}` });
  const needs = [Views, Access, Relations] as const;

  return [
    queryCase<Page<Shown>, List, typeof needs>(List, {
      route: path,
      roles: RELATION_READERS,
      needs,
      async answer(query, [views, access, known]) {
        const { accountId, scope } = query;
        const through = access.rowsOfAccounts(views.of(relations), scope, { account: 'id' });
        const page = await views.page(relations, query, { filter: accountId === undefined ? {} : { id: accountId }, through });
        const asked = { relations: known, terms: await known.terms(page.items) };
        const items = page.items.map(async (row): Promise<Shown[]> => {
          const item = await show(row, asked);
          return item ? [{ ...item, accountId: row.id, accountName: await access.accountName(row.id) }] : [];
        });
        return { ...page, items: (await Promise.all(items)).flat() };
      },
    }),
    queryCase<Shown | object, Get, typeof needs>(Get, {
      route: `${path}/:id`,
      roles: RELATION_READERS,
      needs,
      async answer({ id, scope }, [views, access, known]) {
        if (!(await access.coversAccount(scope, id, 'read'))) throw new NotFound(path, id);
        const row = (await views.of(relations).get(id)) ?? noRelations(id);
        return { ...(await show(row, { relations: known, terms: await known.terms([row]) })), accountId: id, accountName: await access.accountName(id) };
      },
    }),
  ];
}
