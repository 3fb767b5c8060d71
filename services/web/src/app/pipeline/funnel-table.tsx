import { createColumnHelper } from '@tanstack/react-table';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FunnelStage } from '../api/rows.js';
import { differences } from '../i18n/difference.js';
import { useFormats } from '../i18n/format.js';
import { DataTable, type features } from '../ui/data-table.js';
import { Compared } from '../ui/figure-tile.js';
import { Value } from '../ui/value.js';

export interface FunnelProps {
  stages: readonly FunnelStage[];
  /** The stages at the date compared with. */
  other: readonly FunnelStage[] | undefined;
}

type Row = FunnelStage & { readonly other: FunnelStage | undefined };

const column = createColumnHelper<typeof features, Row>();

export function FunnelTable({ stages, other }: FunnelProps) {
  const { t } = useTranslation();
  const formats = useFormats();
  const rows = useMemo(() => stages.map((stage) => ({ ...stage, other: other?.find((each) => each.stage === stage.stage) })), [stages, other]);
  const columns = useMemo(() => {
    const { number, moneyList } = formats;
    const by = differences(formats);
    return column.columns([
      column.accessor('stage', { header: t('deal.stage'), cell: ({ row: { original } }) => t(`stage.${original.stage}`) }),
      column.accessor('open', {
        header: t('figure.open-deals'),
        meta: { align: 'end' },
        cell: ({ row: { original: row } }) => (
          <>
            <Value>{number(row.open)}</Value>
            {row.other && <Compared value={number(row.other.open)} difference={by.number(row.open, row.other.open)} />}
          </>
        ),
      }),
      column.accessor('withoutAmount', { header: t('figure.without-amount'), meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Value>{number(row.withoutAmount)}</Value> }),
      column.accessor('value', {
        header: t('figure.open-value'),
        meta: { align: 'end' },
        cell: ({ row: { original: row } }) => (
          <>
            <Value>{moneyList(row.value)}</Value>
            {row.other && <Compared value={moneyList(row.other.value)} difference={by.money(row.value, row.other.value)} />}
          </>
        ),
      }),
      column.accessor('weighted', { header: t('figure.weighted'), meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Value>{moneyList(row.weighted)}</Value> }),
    ]);
  }, [formats, t]);
  return <DataTable caption={t('pipeline.funnel')} columns={columns} list={{ rows, error: null }} rowId={(row) => row.stage} empty={null} />;
}
