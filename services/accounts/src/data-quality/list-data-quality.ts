import type { View } from '@keyfold/event-sourcing';
import { PageQuery, Views } from '@keyfold/event-sourcing-nest';
import { Access, accountList, IsId, monthsLater, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { ACCOUNT_READERS } from '../key-account/key-accounts.query.js';
import { dataQuality, type DataQualityRow, REQUIRED } from './data-quality.projection.js';

/** After so many months a fact is no longer fresh (domain.md 3.17). */
const FRESH_MONTHS = 12;

/** More people of one account than are looked at are said to be: `peopleCut`. */
const PEOPLE_LIMIT = 1_000;
/** People of a page that are read in one request. */
const TOGETHER = 10_000;

interface Quality {
  /** Facts that ought to be known, and those that are and were said within 12 months. */
  readonly required: number;
  readonly fresh: number;
  readonly percent: number | null;
  /** Of the account: what is not known, and what was said too long ago. */
  readonly missing: readonly string[];
  readonly stale: readonly string[];
  /** How many of its people each fact is missing of, or was said too long ago of. */
  readonly people: { readonly count: number; readonly missing: Readonly<Record<string, number>>; readonly stale: Readonly<Record<string, number>> };
}

type Facts = Pick<DataQualityRow, 'subject' | 'saidAt'>;

/** `freshFrom`: the instant since which a fact is fresh. */
export function qualityOf(account: Facts, people: readonly Facts[], freshFrom: string): Quality {
  const [missing, stale] = [gapsOf(account, isMissing), gapsOf(account, isStale(freshFrom))];
  const counted = (is: IsGap) => {
    const gaps = Object.groupBy(people.flatMap((person) => gapsOf(person, is)), (name) => name);
    return Object.fromEntries(Object.entries(gaps).map(([name, those]) => [name, those!.length]));
  };
  const all = [account, ...people];
  const required = all.reduce((sum, { subject }) => sum + REQUIRED[subject].length, 0);
  const fresh = required - all.reduce((sum, one) => sum + gapsOf(one, isMissing).length + gapsOf(one, isStale(freshFrom)).length, 0);
  const percent = Math.round((1_000 * fresh) / required) / 10;
  return { required, fresh, percent, missing, stale, people: { count: people.length, missing: counted(isMissing), stale: counted(isStale(freshFrom)) } };
}

type IsGap = (saidAt: string | undefined) => boolean;

const isMissing: IsGap = (saidAt) => saidAt === undefined;

const isStale = (freshFrom: string): IsGap => (saidAt) => saidAt !== undefined && saidAt < freshFrom;

const gapsOf = ({ subject, saidAt }: Facts, is: IsGap): string[] => REQUIRED[subject].filter((name) => is(saidAt[name]));

interface DataQualityItem extends Quality {
  /** Of the account. */
  readonly id: string;
  readonly accountName: string | null;
  readonly peopleCut: boolean;
}

export class ListDataQuality extends PageQuery<DataQualityItem> {
  @IsOptional() @IsId() accountId?: string;
}

/** The people of some accounts, of each at most one more than are looked at: all at once, or account by account where they are very many. */
export async function peopleOf(accountIds: readonly string[], view: Pick<View<DataQualityRow>, 'find'>, most = TOGETHER): Promise<ReadonlyMap<string, readonly DataQualityRow[]>> {
  if (accountIds.length === 0) return new Map();
  const people = (accounts: readonly string[], limit: number) => view.find({ filter: { subject: 'person', accountId: { $in: accounts }, current: true }, sort: {}, limit });
  const together = await people(accountIds, most + 1);
  if (together.length <= most) return Map.groupBy(together, ({ accountId }) => accountId);
  return new Map(await Promise.all(accountIds.map(async (id) => [id, await people([id], PEOPLE_LIMIT + 1)] as const)));
}

/** `GET /api/accounts/data-quality` (domain.md Q6): how much of what ought to be known of an account and its people is known and fresh. */
export const dataQualityQuery = accountList({
  path: 'data-quality',
  roles: ACCOUNT_READERS,
  rows: dataQuality,
  list: ListDataQuality,
  equal: ['accountId'],
  where: { subject: 'account', current: true },
  account: 'accountId',
  needs: [Views, Access, ReportingTime],
  async reckon(accounts, _query, [views, access, time]): Promise<DataQualityItem[]> {
    const freshFrom = time.startOfDay(monthsLater(time.dateOf(access.now()), -FRESH_MONTHS));
    const people = await peopleOf(accounts.map(({ accountId }) => accountId), views.of(dataQuality));
    const reckoned = accounts.map(async (account): Promise<DataQualityItem> => {
      const own = people.get(account.accountId) ?? [];
      const quality = qualityOf(account, own.slice(0, PEOPLE_LIMIT), freshFrom);
      return { id: account.accountId, accountName: await access.accountName(account.accountId), ...quality, peopleCut: own.length > PEOPLE_LIMIT };
    });
    return Promise.all(reckoned);
  },
});
