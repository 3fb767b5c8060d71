import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PortfolioRow } from '../api/rows.js';
import { useFormats } from '../i18n/format.js';
import { usePersonName } from '../i18n/person-name.js';
import { IncidentCounts, StatusTag, TierMark } from '../ui/account-tags.js';
import { type features } from '../ui/data-table.js';
import { AppLink } from '../ui/link.js';
import { Sparkline } from '../ui/sparkline.js';
import { Value } from '../ui/value.js';
import { Attention } from './attention.js';

const column = createColumnHelper<typeof features, PortfolioRow>();

export function usePortfolioColumns() {
  const { t } = useTranslation();
  const { moneyList, money, number, percent, date } = useFormats();
  const personName = usePersonName();
  return useMemo(
    () =>
      column.columns([
        column.accessor('name', {
          header: t('portfolio.account'),
          cell: ({ row: { original: row } }) => (
            <div className="cell-lead">
              <TierMark tier={row.tier} />
              <div className="cell-main">
                <AppLink to={`/accounts/${row.id}`}>{row.name}</AppLink>
                <span className="sub">{[row.sector, row.country].filter(Boolean).join(' · ')}</span>
                {row.status !== 'active' && <StatusTag status={row.status} />}
              </div>
            </div>
          ),
        }),
        column.accessor('ownerName', { header: t('account.owner'), enableSorting: false, cell: ({ row: { original: row } }) => <span className="nowrap"><Value>{personName(row.ownerId, row.ownerName)}</Value></span> }),
        column.accessor('attention', { header: t('portfolio.attention'), meta: { width: 220 }, cell: ({ row: { original: row } }) => <Attention {...row.attention} /> }),
        column.accessor('wonValue12m', {
          header: t('portfolio.won-12m'),
          enableSorting: false,
          meta: { width: 108 },
          cell: ({ row: { original: row } }) => {
            const amountMinor = row.wonValue12m.reduce((sum, value) => sum + value, 0);
            const total = row.wonCurrency === null ? null : money({ amountMinor, currency: row.wonCurrency });
            return total === null ? <Value>{null}</Value> : <Sparkline values={row.wonValue12m} label={t('portfolio.won-12m-label', { total })} />;
          },
        }),
        column.accessor('wonValue', { header: t('figure.won-value'), meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Two main={moneyList(row.wonValue)} sub={t('figure.won-deals', { count: row.won })} /> }),
        column.accessor('openDeals', { header: t('figure.open-deals'), meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Two main={number(row.openDeals)} sub={row.openValue.length > 0 ? moneyList(row.openValue) : ''} /> }),
        column.accessor('winRate', { header: t('figure.win-rate'), enableSorting: false, meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Value>{percent(row.winRate)}</Value> }),
        column.accessor('openIncidents', { header: t('nav.incidents'), enableSorting: false, cell: ({ row: { original: row } }) => <IncidentCounts counts={row.openIncidents} /> }),
        column.accessor('lastActivityOn', { header: t('portfolio.last-activity'), enableSorting: false, meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Value>{date(row.lastActivityOn)}</Value> }),
      ]),
    [t, moneyList, money, number, percent, date, personName],
  );
}

function Two({ main, sub }: { main: string; sub: string }) {
  return (
    <div className="cell-main">
      <Value>{main}</Value>
      {sub && <span className="sub">{sub}</span>}
    </div>
  );
}
