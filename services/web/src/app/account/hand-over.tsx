import { Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import type { KeyAccount, TeamMember } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';
import { DateField, today } from '../ui/date-field.js';

/** The account to another owner from a day on. */
export function HandOver({ account, onClose }: { account: KeyAccount; onClose: () => void }) {
  const { t } = useTranslation();
  const { rows } = useRows<TeamMember>('/api/accounts/team-members', { limit: 200 });
  const [toOwnerId, setOwner] = useState<string | null>(null);
  const [effectiveOn, setDate] = useState<string | null>(today());
  const [reason, setReason] = useState('');
  const owners = (rows ?? []).filter(({ id, role }) => id !== account.ownerId && (role === 'kam' || role === 'director'));
  const action = () => (toOwnerId && effectiveOn ? { path: `/api/accounts/key-accounts/${account.id}/hand-over`, body: { toOwnerId, effectiveOn, reason: reason.trim() }, version: account.version } : null);
  return (
    <CommandForm title={t('hand-over.of', { name: account.name })} submit={t('hand-over.title')} done={t('hand-over.done')} action={action} onClose={onClose}>
      <Select data-autofocus required searchable limit={50} label={t('hand-over.to')} nothingFoundMessage={t('state.nothing-found')} data={owners.map(({ id, name }) => ({ value: id, label: name }))} value={toOwnerId} onChange={setOwner} />
      <DateField required label={t('hand-over.on')} description={t('hand-over.on-hint')} value={effectiveOn} onChange={setDate} />
      <Textarea required autosize minRows={2} maxLength={500} label={t('form.reason')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </CommandForm>
  );
}
