import { VisuallyHidden } from '@mantine/core';
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

/** The clock that matters now: until somebody answers the response, then the resolution. */
function CurrentClock({ incident: { status, clocks } }: { incident: Incident }) {
  const { t } = useTranslation();
  return status === 'reported' ? <SlaClock clock={clocks.response} name={t('clock.response')} withName /> : <SlaClock clock={clocks.resolution} name={t('clock.resolution')} withName />;
}

/** Incidents with their running clocks: both clocks and the account on the queue, the one that matters on the page of an account. */
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
        ...(withAccount
          ? [
              column.display({ id: 'response', header: t('clock.response'), meta: { width: 170 }, cell: ({ row: { original: row } }) => <SlaClock clock={row.clocks.response} name={t('clock.response')} /> }),
              column.display({ id: 'resolution', header: t('clock.resolution'), meta: { width: 170 }, cell: ({ row: { original: row } }) => <SlaClock clock={row.clocks.resolution} name={t('clock.resolution')} /> }),
            ]
          : [column.display({ id: 'clock', header: t('clock.clock'), meta: { width: 190 }, cell: ({ row: { original: row } }) => <CurrentClock incident={row} /> })]),
        column.display({ id: 'actions', header: () => <VisuallyHidden>{t('action.actions')}</VisuallyHidden>, meta: { width: 150, align: 'end' }, cell: ({ row: { original: row } }) => <IncidentActions incident={row} /> }),
      ]),
    [t, instant, withAccount],
  );
  return <DataTable caption={t('nav.incidents')} columns={columns} list={list} rowId={(row) => row.id} empty={empty} />;
}
