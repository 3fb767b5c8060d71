import { Button, VisuallyHidden } from '@mantine/core';
import { createColumnHelper } from '@tanstack/react-table';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import type { Opportunity } from '../api/rows.js';
import { useAsOf } from '../as-of/as-of.js';
import { useFormats } from '../i18n/format.js';
import { useMay } from '../session/permissions.js';
import { DataTable, type features } from '../ui/data-table.js';
import { RowMenu } from '../ui/row-menu.js';
import { StageSteps } from '../ui/stage-steps.js';
import { Empty, Panel } from '../ui/states.js';
import { Value } from '../ui/value.js';
import { AdvanceDeal, LoseDeal, WinDeal } from './deal-forms.js';

const column = createColumnHelper<typeof features, Opportunity>();

export function OpenDeals({ accountId, aside }: { accountId: string; aside: ReactNode }) {
  const { t } = useTranslation();
  const { money, date } = useFormats();
  const list = useRows<Opportunity>('/api/opportunities/opportunities', { accountId, state: 'open' });
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('name', {
          header: t('deal.deal'),
          cell: ({ row: { original: row } }) => (
            <div className="cell-main">
              <span className="strong">{row.name}</span>
              <span className="sub">{[row.offeringName, t(`motion.${row.motion}`), row.ownerName].filter(Boolean).join(' · ')}</span>
            </div>
          ),
        }),
        column.accessor('stage', { header: t('deal.stage'), meta: { width: 150 }, cell: ({ row: { original: row } }) => <StageSteps stage={row.stage} probability={row.probability} /> }),
        column.accessor('amount', { header: t('deal.amount'), meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Value>{row.amount && money(row.amount)}</Value> }),
        column.accessor('expectedCloseOn', { header: t('deal.expected'), meta: { align: 'end' }, cell: ({ row: { original: row } }) => <Value>{date(row.expectedCloseOn)}</Value> }),
        column.display({ id: 'actions', header: () => <VisuallyHidden>{t('action.actions')}</VisuallyHidden>, meta: { align: 'end', width: 140 }, cell: ({ row: { original: row } }) => <DealActions deal={row} /> }),
      ]),
    [t, money, date],
  );
  return (
    <Panel flush title={t('account.deals')} aside={aside}>
      <DataTable caption={t('account.deals')} columns={columns} list={list} rowId={(row) => row.id} empty={<Empty icon="pipeline" title={t('deal.empty')}>{t('deal.empty-hint')}</Empty>} />
    </Panel>
  );
}

function DealActions({ deal }: { deal: Opportunity }) {
  const { t } = useTranslation();
  const may = useMay();
  const { isPast } = useAsOf();
  const [dialog, setDialog] = useState<'advance' | 'win' | 'lose' | null>(null);
  const close = () => setDialog(null);
  if (isPast || !may('work-deal')) return null;
  return (
    <span className="row-actions">
      <Button size="compact-sm" variant="default" aria-label={t('deal.advance-of', { name: deal.name })} onClick={() => setDialog('advance')}>
        {t('deal.advance')}
      </Button>
      <RowMenu
        label={t('action.more-of', { name: deal.name })}
        actions={[
          { label: t('deal.win'), run: () => setDialog('win') },
          { label: t('deal.lose'), run: () => setDialog('lose') },
        ]}
      />
      {dialog === 'advance' && <AdvanceDeal deal={deal} onClose={close} />}
      {dialog === 'win' && <WinDeal deal={deal} onClose={close} />}
      {dialog === 'lose' && <LoseDeal deal={deal} onClose={close} />}
    </span>
  );
}
