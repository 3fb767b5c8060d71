import { Button, SegmentedControl, Textarea, VisuallyHidden } from '@mantine/core';
import { createColumnHelper } from '@tanstack/react-table';
import type { TFunction } from 'i18next';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import type { Task } from '../api/rows.js';
import { useFilter } from '../as-of/as-of.js';
import { LiveNote } from '../as-of/live-note.js';
import { useFormats } from '../i18n/format.js';
import { say } from '../i18n/i18n.js';
import { usePersonName } from '../i18n/person-name.js';
import { useMay } from '../session/permissions.js';
import { useSession } from '../session/session.js';
import { CommandForm, useQuickCommand } from '../ui/command-form.js';
import { DataTable, type features } from '../ui/data-table.js';
import { AppLink } from '../ui/link.js';
import { RowMenu } from '../ui/row-menu.js';
import { Empty, PageHead, Panel } from '../ui/states.js';
import { Tag } from '../ui/tag.js';
import { Value } from '../ui/value.js';
import { DueTime } from './due-time.js';

const EVERY_MS = 10_000;
const STATES = ['open', 'done', 'dismissed'] as const;
const column = createColumnHelper<typeof features, Task>();

const pathOf = (task: Task, command: string): string => `/api/accounts/tasks/${task.id}/${command}`;

export default function Tasks() {
  const { t } = useTranslation();
  const session = useSession();
  const { values, setFilter } = useFilter('state', 'of');
  const state = STATES.find((name) => name === values.state) ?? 'open';
  const memberId = session?.memberId ?? null;
  const isMine = memberId !== null && values.of !== 'team';
  const list = useRows<Task>('/api/accounts/tasks', { state, assigneeId: isMine ? memberId : null }, { every: EVERY_MS });
  const columns = useTaskColumns(!isMine);
  return (
    <>
      <PageHead title={t('nav.tasks')} hint={t('task.hint')}>
        {session?.role === 'director' && (
          <SegmentedControl
            aria-label={t('task.whose')}
            data={[
              { value: 'mine', label: t('task.mine') },
              { value: 'team', label: t('task.team') },
            ]}
            value={isMine ? 'mine' : 'team'}
            onChange={(of) => setFilter({ of: of === 'team' ? 'team' : null })}
          />
        )}
        <SegmentedControl aria-label={t('task.state')} data={STATES.map((value) => ({ value, label: t(`task.state.${value}`) }))} value={state} onChange={(value) => setFilter({ state: value === 'open' ? null : value })} />
      </PageHead>
      <LiveNote />
      <Panel flush>
        <DataTable
          caption={t('nav.tasks')}
          columns={columns}
          list={list}
          rowId={(row) => row.id}
          empty={
            <Empty icon={state === 'open' ? 'check' : 'empty'} title={t(state === 'open' ? 'task.empty' : 'task.empty-closed')}>
              {t('task.empty-hint')}
            </Empty>
          }
        />
      </Panel>
    </>
  );
}

function useTaskColumns(withAssignee: boolean) {
  const { t } = useTranslation();
  const { instant } = useFormats();
  const personName = usePersonName();
  return useMemo(() => {
    const all = column.columns([
      column.accessor('matter', { header: t('task.task'), cell: ({ row: { original: row } }) => <Matter task={row} /> }),
      column.accessor('accountName', { header: t('portfolio.account'), cell: ({ row: { original: row } }) => (row.accountId ? <AppLink to={`/accounts/${row.accountId}`}>{row.accountName ?? t('account.unknown')}</AppLink> : <Value>{null}</Value>) }),
      column.accessor('assigneeName', { header: t('task.assignee'), cell: ({ row: { original: row } }) => <Value>{personName(row.assigneeId, row.assigneeName)}</Value> }),
      column.accessor('raisedAt', { header: t('task.raised-at'), meta: { width: 170 }, cell: ({ row: { original: row } }) => instant(row.raisedAt) }),
      column.accessor('dueAt', { header: t('task.due'), meta: { width: 190 }, cell: ({ row: { original: row } }) => (row.state === 'open' ? <DueTime dueAt={row.dueAt} /> : <Tag tone={row.state === 'done' ? 'good' : 'neutral'}>{t(`task.closed.${row.state}`, { instant: instant(row.closedAt) })}</Tag>) }),
      column.display({ id: 'actions', header: () => <VisuallyHidden>{t('action.actions')}</VisuallyHidden>, meta: { width: 140, align: 'end' }, cell: ({ row: { original: row } }) => <TaskActions task={row} /> }),
    ]);
    return withAssignee ? all : all.filter((each) => !('accessorKey' in each && each.accessorKey === 'assigneeName'));
  }, [t, instant, personName, withAssignee]);
}

/** The sentence of a task; its kind alone where a newer service knows more kinds than this page. */
const matterOf = (t: TFunction, { kind, params }: Task['matter']): string => say(t, `task.${kind}`, params, kind);

function Matter({ task: { matter } }: { task: Task }) {
  const { t } = useTranslation();
  const text = matterOf(t, matter);
  if (matter.subject?.type === 'incident') return <AppLink to="/incidents">{text}</AppLink>;
  return <span className="strong">{text}</span>;
}

function TaskActions({ task }: { task: Task }) {
  const { t } = useTranslation();
  const may = useMay();
  const [isDismissing, setDismissing] = useState(false);
  const quick = useQuickCommand(t('task.was-done'));
  if (task.state !== 'open' || !may('work-task')) return null;
  const name = matterOf(t, task.matter);
  return (
    <span className="row-actions">
      <Button size="compact-sm" variant="default" loading={quick.isPending} aria-label={t('task.do-of', { name })} onClick={() => quick.run({ path: pathOf(task, 'do'), body: {}, version: task.version })}>
        {t('task.do')}
      </Button>
      <RowMenu label={t('action.more-of', { name })} actions={[{ label: t('task.dismiss'), run: () => setDismissing(true) }]} />
      {isDismissing && <DismissTask task={task} onClose={() => setDismissing(false)} />}
    </span>
  );
}

function DismissTask({ task, onClose }: { task: Task; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  return (
    <CommandForm title={t('task.dismiss')} submit={t('task.dismiss')} done={t('task.was-dismissed')} onClose={onClose} action={() => ({ path: pathOf(task, 'dismiss'), body: { reason: reason.trim() }, version: task.version })}>
      <Textarea data-autofocus required autosize minRows={2} maxLength={500} label={t('form.reason')} description={t('task.dismiss-hint')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </CommandForm>
  );
}
