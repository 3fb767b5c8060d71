import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grouping, SummaryGroup } from '../api/rows.js';
import { differences } from '../i18n/difference.js';
import { useFormats } from '../i18n/format.js';
import type { features } from '../ui/data-table.js';
import { Compared } from '../ui/figure-tile.js';
import { AppLink } from '../ui/link.js';
import { Value } from '../ui/value.js';

export interface SummaryRow extends SummaryGroup {
  /** The same group at the date compared with; undefined when not comparing. */
  readonly other: SummaryGroup | undefined;
}

const NONE: Omit<SummaryGroup, 'key' | 'label'> = { open: 0, won: 0, lost: 0, wonValues: [], winRate: null, medianCycleDays: null };

/** Pairs the groups of two dates; a group that only one of them has still has a row. */
export function join(groups: readonly SummaryGroup[] | undefined, others: readonly SummaryGroup[] | undefined): SummaryRow[] | undefined {
  if (!groups) return undefined;
  const byKey = new Map(others?.map((other) => [other.key, other]));
  const known = new Set(groups.map(({ key }) => key));
  const gone = (others ?? []).filter(({ key }) => !known.has(key));
  const absent = ({ key, label }: SummaryGroup): SummaryGroup => ({ ...NONE, key, label });
  return [
    ...groups.map((group) => ({ ...group, other: others && (byKey.get(group.key) ?? absent(group)) })),
    ...gone.map((other) => ({ ...absent(other), other })),
  ];
}

const column = createColumnHelper<typeof features, SummaryRow>();
const end = { align: 'end' } as const;

export function useSummaryColumns(groupBy: Grouping, isComparing: boolean) {
  const { t } = useTranslation();
  const formats = useFormats();
  return useMemo(() => {
    const { number, percent, days, moneyList } = formats;
    const by = differences(formats);
    const figure = (show: (group: SummaryGroup) => string, differ: (now: SummaryGroup, then: SummaryGroup) => string | null) =>
      function Figure({ row: { original: row } }: { row: { original: SummaryRow } }) {
        return (
          <>
            <Value>{show(row)}</Value>
            {isComparing && row.other && <Compared value={show(row.other)} difference={differ(row, row.other)} />}
          </>
        );
      };
    const missingLast = (value: number | null): number | undefined => value ?? undefined;
    return column.columns([
      column.accessor((row) => row.label ?? row.key ?? undefined, {
        id: 'label',
        header: t(`group.${groupBy}`),
        sortUndefined: 'last',
        cell: ({ row: { original: row } }) => {
          const name = row.key === null ? t(groupBy === 'month' || groupBy === 'quarter' ? 'group.not-closed' : 'group.without') : (row.label ?? row.key);
          return groupBy === 'account' && row.key ? <AppLink to={`/accounts/${row.key}`}>{name}</AppLink> : <span className={row.key === null ? 'dim' : undefined}>{name}</span>;
        },
      }),
      column.accessor('open', { header: t('figure.open'), meta: end, cell: figure((group) => number(group.open), (a, b) => by.number(a.open, b.open)) }),
      column.accessor('won', { header: t('figure.won'), meta: end, cell: figure((group) => number(group.won), (a, b) => by.number(a.won, b.won)) }),
      column.accessor('lost', { header: t('figure.lost'), meta: end, cell: figure((group) => number(group.lost), (a, b) => by.number(a.lost, b.lost)) }),
      column.accessor((row) => row.wonValues[0]?.amountMinor, {
        id: 'wonValue',
        header: t('figure.won-value'),
        meta: end,
        sortUndefined: 'last',
        cell: figure((group) => moneyList(group.wonValues), (a, b) => by.money(a.wonValues, b.wonValues)),
      }),
      column.accessor((row) => missingLast(row.winRate), {
        id: 'winRate',
        header: t('figure.win-rate'),
        meta: end,
        sortUndefined: 'last',
        cell: figure((group) => percent(group.winRate), (a, b) => by.ratio(a.winRate, b.winRate, t('compare.points'))),
      }),
      column.accessor((row) => missingLast(row.medianCycleDays), {
        id: 'cycle',
        header: t('figure.cycle'),
        meta: end,
        sortUndefined: 'last',
        cell: figure((group) => days(group.medianCycleDays), (a, b) => by.days(a.medianCycleDays, b.medianCycleDays)),
      }),
    ]);
  }, [t, formats, groupBy, isComparing]);
}
