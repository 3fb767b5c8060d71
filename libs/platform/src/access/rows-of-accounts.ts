import { allOf, type Filter, rowOrder, type RowQuery, sortKeys, valueAt, type View } from '@keyfold/event-sourcing';

/** What a scope says of the accounts that rows belong to. */
export interface AccountsOf<Row> {
  /** Which of these rows the scope covers: an answer for each. */
  covered(rows: readonly Row[]): Promise<readonly boolean[]>;
  /** Matches the rows that it covers, by the ids of their accounts; null where these are more than few. */
  few(): Promise<Filter | null>;
  /** However many there are: filters that together match the rows that it covers, each by so many ids. */
  inParts(atMost: number): Promise<readonly Filter[]>;
}

const CHUNK = 1_000;
const NAMED = 5_000;
/** Reading on finds a page as long as one in so many rows is covered. */
const ONE_IN = 10;

/**
 * Rows by account as a scope sees them. Accounts change hands without a word to these rows, so that no field of theirs says who may see them. A scope of few accounts is asked for by
 * their ids. One of very many would make a filter of as many ids: there rows are read in order and those that it does not cover are left out, which finds a page in one or two looks
 * where the scope covers much. Where too few of the rows are its own, in general or only here, its accounts are named after all, in parts, and the page is merged from the pages of the
 * parts. So a page costs at most ten times its rows and two chunks, and then a request for each part.
 */
export class RowsOfAccounts<Row extends object> implements Pick<View<Row>, 'find'> {
  constructor(
    private readonly view: Pick<View<Row>, 'find'>,
    private readonly accounts: AccountsOf<Row>,
  ) {}

  async find(query: RowQuery): Promise<Row[]> {
    const few = await this.accounts.few();
    if (few) return this.view.find(narrowed(query, few));
    const found: Row[] = [];
    let { after } = query;
    // First as if all were covered, then twice what is missing where as many are covered as so far: so most have their page in one look or two.
    for (let read = 0; read <= CHUNK || found.length * ONE_IN >= read; ) {
      const missing = query.limit - found.length;
      const rowsForOne = read / Math.max(found.length, 1);
      const limit = Math.min(Math.max(query.limit, Math.ceil(2 * missing * rowsForOne)), CHUNK);
      const rows = await this.view.find({ ...query, limit, after });
      const covered = await this.accounts.covered(rows);
      found.push(...rows.filter((_row, i) => covered[i]));
      if (found.length >= query.limit || rows.length < limit) return found.slice(0, query.limit);
      after = placeOf(rows.at(-1)!, query.sort);
      read += limit;
    }
    return [...found, ...(await this.inParts({ ...query, limit: query.limit - found.length, after }))];
  }

  private async inParts(query: RowQuery): Promise<Row[]> {
    const order = rowOrder(query.sort);
    let page: Row[] = [];
    for (const part of await this.accounts.inParts(NAMED)) {
      const rows = [...page, ...(await this.view.find(narrowed(query, part)))].sort(order);
      page = rows.filter((row, i) => i === 0 || order(rows[i - 1]!, row) !== 0).slice(0, query.limit); // one row may be in two parts
    }
    return page;
  }
}

const narrowed = ({ filter, ...query }: RowQuery, by: Filter): RowQuery => ({ ...query, filter: allOf([by, ...(filter ? [filter] : [])]) });

const placeOf = (row: object, sort: RowQuery['sort']): unknown[] => sortKeys(sort).map(([field]) => valueAt(row, field));
