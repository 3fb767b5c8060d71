import type { Type } from '@nestjs/common';
import type { Role } from '@keyfold/contracts';
import { allOf, type Filter, NotFound, type Projection, type View } from '@keyfold/event-sourcing';
import { type Injectables, type Instances, type Page, type PageQuery, queryCase, RowById, type Scope, type UseCase, Views } from '@keyfold/event-sourcing-nest';
import { ReportingTime } from '../deployment.js';
import { Access } from './access.js';
import type { OwnedRow } from './owned-row.js';

const NEEDS = [Views, Access, ReportingTime] as const;
type Needs<More extends Injectables> = readonly [...typeof NEEDS, ...More];

/** What is injected, and behind it what was asked for beside the rows. */
type NeededToShow<More extends Injectables, Beside> = Instances<More> extends infer Injected extends readonly unknown[] ? readonly [...Injected, Beside] : never;

/** A list of the rows of a view. */
export interface RowList<Row extends object, Item, Q extends PageQuery<Item>> {
  /** `account-plans`: its path below the service. */
  readonly path: string;
  readonly roles: readonly Role[];
  readonly rows: Projection<Row>;
  /** Filters and page of the list. */
  readonly list: Type<Q>;
  /** Filters of the list that are compared with the field of the row of the same name. */
  readonly equal?: readonly (keyof Q & keyof Row & string)[];
  readonly sort?: Record<string, 1 | -1>;
}

interface RowQueries<Row extends { readonly id: string }, Item, Q extends PageQuery<Item>, More extends Injectables = [], Beside = undefined> extends RowList<Row, Item, Q> {
  /** What else `where`, `beside` and `show` need injected, in this order. */
  readonly needs?: More;
  /** Further conditions of the list. */
  where?(query: Q, needed: Instances<More>): readonly Filter[];
  /** What of the rows the caller may see: those of accounts in his scope, those of members in his scope (null: nobody's), accounts themselves (`OwnedRow`), or all that the roles let in. */
  readonly scope: { readonly account: keyof Row & string } | { readonly owner: keyof Row & string } | 'accounts' | 'everybody';
  /** What is to be known to show any row: asked for beside the rows, once. */
  beside?(needed: Instances<More>): Promise<Beside>;
  /** What a row looks like to its reader: names in clear, nothing internal. */
  show(row: Row, access: Access, time: ReportingTime, needed: NeededToShow<More, Beside>): Item | Promise<Item>;
}

/** `GET /api/<service>/<path>`, a page of rows in the caller's scope, and `GET /api/<service>/<path>/:id`, one of them. */
export function rowQueries<Row extends { readonly id: string }, Item, Q extends PageQuery<Item>, const More extends Injectables = [], Beside = undefined>(definition: RowQueries<Row, Item, Q, More, Beside>): readonly UseCase[] {
  const { path, roles, rows, list, equal = [], where, sort, show } = definition;
  const needs = [...NEEDS, ...(definition.needs ?? [])] as unknown as Needs<More>;
  const own = ([, , , ...needed]: readonly object[]) => needed as unknown as Instances<More>;
  const withBeside = async <Found>(found: Promise<Found>, needed: readonly object[]): Promise<[Found, NeededToShow<More, Beside>]> => {
    const [there, beside] = await Promise.all([found, definition.beside?.(own(needed))]);
    return [there, [...(own(needed) as readonly unknown[]), beside] as unknown as NeededToShow<More, Beside>];
  };
  class RowQuery extends RowById<Item> {}
  Object.defineProperty(RowQuery, 'name', { value: list.name.replace(/^List(.*?)s?$/, 'Get$1') });
  return [
    queryCase<Page<Item>, Q, Needs<More>>(list, {
      route: path,
      roles,
      needs,
      async answer(query, needed) {
        const [views, shared, time] = needed as unknown as Instances<typeof NEEDS>;
        const access = shared.forRequest(query.caller.principal);
        const filter = allOf([...(await scopeFilters(definition, query.scope, access)), ...equals(query, equal), ...(where?.(query, own(needed)) ?? [])]);
        const through = rowsInScope(definition, views.of(rows), query.scope, access);
        const [page, toShow] = await withBeside(views.page(rows, query, { filter, through, ...(sort && { sort }) }), needed);
        return { ...page, items: await Promise.all(page.items.map((row) => show(row, access, time, toShow))) };
      },
    }),
    queryCase<Item, RowById<Item>, Needs<More>>(RowQuery, {
      route: `${path}/:id`,
      roles,
      needs,
      async answer(query, needed) {
        const [views, shared, time] = needed as unknown as Instances<typeof NEEDS>;
        const access = shared.forRequest(query.caller.principal);
        const [row, toShow] = await withBeside(views.of(rows).get(query.id), needed);
        if (!row || !(await isInScope(definition, row, query.scope, access))) throw new NotFound(path.replace(/s$/, ''), query.id);
        return show(row, access, time, toShow);
      },
    }),
  ];
}

/** Filters of a query that are compared with the field of a row of the same name. */
export const equals = <Q extends object>(query: Q, fields: readonly (keyof Q & string)[]): Filter[] => fields.flatMap((field) => (query[field] === undefined ? [] : [{ [field]: query[field] as never }]));

type ScopeRule<Row> = Pick<RowQueries<Row & { id: string }, never, never>, 'scope'>;

/** Accounts and rows by account have none: they are read through the scope. */
const scopeFilters = async <Row>({ scope: rule }: ScopeRule<Row>, scope: Scope, access: Access): Promise<Filter[]> =>
  typeof rule === 'object' && 'owner' in rule ? [await access.ownerFilter(scope, rule.owner)] : [];

function rowsInScope<Row extends { readonly id: string }>({ scope: rule }: ScopeRule<Row>, view: View<Row>, scope: Scope, access: Access): Pick<View<Row>, 'find'> {
  if (rule === 'accounts') return access.accountsThemselves(view as unknown as View<OwnedRow & { readonly id: string }>, scope) as unknown as View<Row>;
  return typeof rule === 'object' && 'account' in rule ? access.rowsOfAccounts(view, scope, rule) : view;
}

async function isInScope<Row>({ scope: rule }: ScopeRule<Row>, row: Row, scope: Scope, access: Access): Promise<boolean> {
  if (rule === 'everybody') return true;
  if (rule === 'accounts') return access.coversOwnedRow(scope, row as Row & OwnedRow & { readonly id: string });
  if ('account' in rule) return access.coversAccount(scope, row[rule.account as keyof Row] as string | null, 'read');
  return scope.covers(row[rule.owner as keyof Row] as string | null);
}
