import { createColumnHelper } from '@tanstack/react-table';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rows } from '../api/queries.js';
import type { Incident } from '../api/rows.js';
import { useFormats } from '../i18n/format.js';
import { PriorityTag } from '../ui/account-tags.js';
import { DataTable, type features } from '../ui/data-table.js';
import { AppLink } from '../ui/link.js';
import { Tag, type Tone } from '../ui/tag.js';
import { IncidentActions } from './incident-actions.js';
import { SlaClock } from './sla-clock.js';

const STATUS_TONES: Record<Incident['status'], Tone> = { reported: 'warn', acknowledged: 'info', paused: 'neutral', resolved: 'good' };
const column = createColumnHelper<typeof features, Incident>();

/** Incidents with their running clocks, on the queue and on the page of one account (which then needs no account column). */
export function IncidentTable({ list, withAccount, empty }: { list: Rows<Incident>; withAccount: boolean; empty: ReactNode }) {
  const { t } = useTranslation();
  const { instant } = useFormats();
  const columns = useMemo(
    () =>
      column.columns([
        column.accessor('priority', { header: t('incident.priority'), meta: { width: 76 }, cell: ({ row: { original: row } }) => <PriorityTag priority={row.priority} /> }),
        column.accessor('title', {
          header: t('incident.incident'),
          cell: ({ row: { original: row } }) => (
            <div className="cell-main">
              <span className="strong">{row.title}</span>
              <span className="sub">
                {withAccount && <AppLink to={`/accounts/${row.accountId}`}>{row.accountName ?? t('account.unknown')}</AppLink>}
                {withAccount && ' · '}
                {t('incident.reported-at', { instant: instant(row.reportedAt) })}
              </span>
            </div>
          ),
        }),
        column.accessor('status', { header: t('incident.status'), meta: { width: 120 }, cell: ({ row: { original: row } }) => <Tag tone={STATUS_TONES[row.status]}>{t(`incident.status.${row.status}`)}</Tag> }),
        column.accessor('clocks.response', { id: 'response', header: t('clock.response'), meta: { width: 170 }, cell: ({ row: { original: row } }) => <SlaClock clock={row.clocks.response} name={t('clock.response')} /> }),
        column.accessor('clocks.resolution', { id: 'resolution', header: t('clock.resolution'), meta: { width: 170 }, cell: ({ row: { original: row } }) => <SlaClock clock={row.clocks.resolution} name={t('clock.resolution')} /> }),
        column.display({ id: 'actions', header: () => <span className="mantine-visually-hidden">{t('action.actions')}</span>, meta: { width: 150, align: 'end' }, cell: ({ row: { original: row } }) => <IncidentActions incident={row} /> }),
      ]),
    [t, instant, withAccount],
  );
  return <DataTable caption={t('nav.incidents')} columns={columns} list={list} rowId={(row) => row.id} empty={empty} />;
}
