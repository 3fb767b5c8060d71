import { allOf, type Filter, type Projection } from '@keyfold/event-sourcing';
import { ScopedQuery, type Views } from '@keyfold/event-sourcing-nest';
import { type Access, IsId } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { IsInt, IsOptional } from 'class-validator';

/** Figures over many rows. `truncated`: there were more rows than are taken into one answer; ask for less. */
export interface Figures<Item> {
  readonly items: readonly Item[];
  readonly truncated: boolean;
}

/** Figures over the plans of the accounts in the caller's scope, or of one of them. */
export class PlanFigures<Item> extends ScopedQuery<Figures<Item>> {
  @IsOptional() @IsId() accountId?: string;
}

export class FiguresOfYear<Item> extends PlanFigures<Item> {
  @IsOptional() @Type(() => Number) @IsInt() fiscalYear?: number;
}

const MOST_ROWS = 5_000;

/** The rows of these accounts, of which `compute` makes the figures. */
export async function figuresOf<Row extends { readonly accountId: string }, Item>(
  query: PlanFigures<Item> & { readonly fiscalYear?: number },
  [views, access]: readonly [Views, Access, ...object[]],
  rows: Projection<Row>,
  compute: (rows: readonly Row[]) => readonly Item[] | Promise<readonly Item[]>,
): Promise<Figures<Item>> {
  await views.arrived(query);
  const { accountId, fiscalYear } = query;
  const wanted: Filter[] = [...(accountId === undefined ? [] : [{ accountId }]), ...(fiscalYear === undefined ? [] : [{ fiscalYear }])];
  const found = await access.rowsOfAccounts(views.of(rows), query.scope, { account: 'accountId' }).find({ filter: allOf(wanted), limit: MOST_ROWS + 1 });
  return { items: await compute(found.slice(0, MOST_ROWS)), truncated: found.length > MOST_ROWS };
}
