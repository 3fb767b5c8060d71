import { allOf, type Filter } from '@keyfold/event-sourcing';
import { type Injectables, type Instances, type Page, type PageQuery, queryCase, type UseCase, Views } from '@keyfold/event-sourcing-nest';
import { Access } from './access.js';
import { equals, type RowList } from './row-queries.js';

const NEEDS = [Views, Access] as const;
type Needs<More extends Injectables> = readonly [...typeof NEEDS, ...More];

interface AccountList<Row extends object, Item, Q extends PageQuery<Item>, More extends Injectables> extends RowList<Row, Item, Q> {
  /** Which rows are worth an item at all. */
  readonly where?: Filter;
  /** The field of a row that holds its account, by which the caller may see it. */
  readonly account: keyof Row & string;
  /** Id of an account whose rows everybody sees. */
  readonly everybodys?: string;
  /** What `reckon` needs injected, in this order. */
  readonly needs: More;
  /** The items of a page, in the order of its rows: what they need beside the rows is asked for once and not for each. */
  reckon(rows: readonly Row[], query: Q, needed: Instances<More>): Promise<readonly Item[]>;
}

/** `GET /api/<service>/<path>`: a page of what is reckoned from rows by account, of the accounts in the caller's scope. There is no single one of it. */
export function accountList<Row extends object, Item, Q extends PageQuery<Item>, const More extends Injectables>(definition: AccountList<Row, Item, Q, More>): UseCase {
  const { path, roles, rows, list, equal = [], where, sort, account, everybodys, needs, reckon } = definition;
  return queryCase<Page<Item>, Q, Needs<More>>(list, {
    route: path,
    roles,
    needs: [...NEEDS, ...needs] as unknown as Needs<More>,
    async answer(query, needed) {
      const [views, access, ...own] = needed as unknown as readonly [Views, Access, ...object[]];
      const filter = allOf([...equals(query, equal), ...(where ? [where] : [])]);
      const through = access.rowsOfAccounts(views.of(rows), query.scope, { account, ...(everybodys !== undefined && { everybodys }) });
      const page = await views.page(rows, query, { filter, through, ...(sort && { sort }) });
      return { ...page, items: await reckon(page.items, query, own as unknown as Instances<More>) };
    },
  });
}
