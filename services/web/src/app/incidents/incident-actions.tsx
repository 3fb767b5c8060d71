import { Button, Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Incident, PAUSE_REASONS } from '../api/rows.js';
import { useMay } from '../session/permissions.js';
import { CommandForm, useQuickCommand } from '../ui/command-form.js';
import { RowMenu } from '../ui/row-menu.js';

type Dialog = 'pause' | 'resolve' | 'reopen';

const pathOf = (incident: Incident, command: string): string => `/api/satisfaction/incidents/${incident.id}/${command}`;

/** The next step of an incident as a button, the others in a menu. */
export function IncidentActions({ incident }: { incident: Incident }) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const quick = useQuickCommand(t('incident.updated'));
  if (!may('work-incident')) return null;
  const run = (command: 'acknowledge' | 'resume') => () => quick.run({ path: pathOf(incident, command), body: {}, version: incident.version });
  const open = (name: Dialog) => ({ label: t(`incident.${name}`), run: () => setDialog(name) });
  const next = { reported: 'acknowledge', acknowledged: 'resolve', paused: 'resume', resolved: 'reopen' } as const;
  const first = next[incident.status];
  const others = { reported: [open('resolve')], acknowledged: [open('pause')], paused: [open('resolve')], resolved: [] };
  return (
    <span className="row-actions">
      <Button size="compact-sm" variant="default" loading={quick.isPending} onClick={first === 'acknowledge' || first === 'resume' ? run(first) : () => setDialog(first)}>
        {t(`incident.${first}`)}
      </Button>
      <RowMenu label={t('action.more-of', { name: incident.title })} actions={others[incident.status]} />
      {dialog === 'pause' && <PauseIncident incident={incident} onClose={() => setDialog(null)} />}
      {dialog !== null && dialog !== 'pause' && <CloseOrReopen command={dialog} incident={incident} onClose={() => setDialog(null)} />}
    </span>
  );
}

function PauseIncident({ incident, onClose }: { incident: Incident; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<string>(PAUSE_REASONS[0]);
  return (
    <CommandForm title={t('incident.pause')} submit={t('incident.pause')} done={t('incident.updated')} onClose={onClose} action={() => ({ path: pathOf(incident, 'pause'), body: { reason }, version: incident.version })}>
      <Select data-autofocus label={t('form.reason')} allowDeselect={false} data={PAUSE_REASONS.map((value) => ({ value, label: t(`pause.${value}`) }))} value={reason} onChange={(value) => setReason(value ?? reason)} />
    </CommandForm>
  );
}

function CloseOrReopen({ command, incident, onClose }: { command: 'resolve' | 'reopen'; incident: Incident; onClose: () => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const body = command === 'resolve' ? { resolution: text.trim() } : { reason: text.trim() };
  return (
    <CommandForm title={t(`incident.${command}`)} submit={t(`incident.${command}`)} done={t('incident.updated')} onClose={onClose} action={() => ({ path: pathOf(incident, command), body, version: incident.version })}>
      <Textarea data-autofocus required autosize minRows={3} maxLength={2_000} label={t(command === 'resolve' ? 'incident.resolution' : 'form.reason')} value={text} onChange={({ currentTarget }) => setText(currentTarget.value)} />
    </CommandForm>
  );
}
