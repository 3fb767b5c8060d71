import { allOf, type Filter, type RowQuery, sortKeys, type View } from '@keyfold/event-sourcing';

/** What a scope says of the accounts that rows belong to. */
export interface AccountsOf<Row> {
  /** Which of these rows the scope covers: an answer for each. */
  covered(rows: readonly Row[]): Promise<readonly boolean[]>;
  /** Matches the rows that it covers, by the ids of their accounts; null where these are more than may be named. */
  named(atMost: number): Promise<Filter | null>;
}

const FEW = 200;
const MANY = 5_000;
const CHUNK = 1_000;

/**
 * Rows by account as a scope sees them. Accounts change hands without a word to these rows, so that no field of theirs says who may see them. A scope of few accounts is asked for by
 * their ids. One of very many would make a filter of as many ids: there rows are read in order and those that it does not cover are left out, which finds a page after some dozens of rows
 * where the scope covers much. Where it covers too little for that, its accounts are few enough again to be named.
 */
export class RowsOfAccounts<Row extends object> implements Pick<View<Row>, 'find'> {
  constructor(
    private readonly view: Pick<View<Row>, 'find'>,
    private readonly accounts: AccountsOf<Row>,
  ) {}

  async find(query: RowQuery): Promise<Row[]> {
    const few = await this.accounts.named(FEW);
    if (few) return this.view.find(narrowed(query, few));
    const found: Row[] = [];
    let { after } = query;
    for (let round = 0; ; round++) {
      const limit = round === 0 ? Math.min(2 * query.limit, CHUNK) : CHUNK;
      const rows = await this.view.find({ ...query, limit, after });
      const covered = await this.accounts.covered(rows);
      found.push(...rows.filter((_row, i) => covered[i]));
      if (found.length >= query.limit || rows.length < limit) return found.slice(0, query.limit);
      after = placeOf(rows.at(-1)!, query.sort);
      const many = round === 1 ? await this.accounts.named(MANY) : null;
      if (many) return [...found, ...(await this.view.find(narrowed({ ...query, limit: query.limit - found.length, after }, many)))];
    }
  }
}

const narrowed = ({ filter, ...query }: RowQuery, by: Filter): RowQuery => ({ ...query, filter: allOf([by, ...(filter ? [filter] : [])]) });

const placeOf = (row: object, sort: RowQuery['sort']): unknown[] => sortKeys(sort).map(([field]) => (row as Record<string, unknown>)[field] ?? null);
