import { Select, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import type { KeyAccount, TeamMember } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';
import { DateField, today } from '../ui/date-field.js';
import { WithReason } from './with-reason.js';

/** The account to another owner from a day on. */
export function HandOver({ account, onClose }: { account: KeyAccount; onClose: () => void }) {
  const { t } = useTranslation();
  const [toOwnerId, setOwner] = useState<string | null>(null);
  const [effectiveOn, setDate] = useState<string | null>(today());
  const [reason, setReason] = useState('');
  const action = () => (toOwnerId && effectiveOn ? { path: `/api/accounts/key-accounts/${account.id}/hand-over`, body: { toOwnerId, effectiveOn, reason: reason.trim() }, version: account.version } : null);
  return (
    <CommandForm title={t('hand-over.of', { name: account.name })} submit={t('hand-over.title')} done={t('hand-over.done')} action={action} onClose={onClose}>
      <OwnerSelect label={t('hand-over.to')} present={account.ownerId} value={toOwnerId} onChange={setOwner} />
      <DateField required label={t('hand-over.on')} description={t('hand-over.on-hint')} value={effectiveOn} onChange={setDate} />
      <Textarea required autosize minRows={2} maxLength={500} label={t('form.reason')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </CommandForm>
  );
}

/** A handover that is still to come was a mistake: who has the account keeps it. */
export function CancelHandover({ account, onClose }: { account: KeyAccount; onClose: () => void }) {
  return <WithReason account={account} command="cancel-handover" body={{ effectiveOn: account.handover?.on }} texts="cancel-handover" onClose={onClose} />;
}

/** Gives an account that has nobody its first owner. */
export function AssignOwner({ account, onClose }: { account: KeyAccount; onClose: () => void }) {
  const { t } = useTranslation();
  const [ownerId, setOwner] = useState<string | null>(null);
  const action = () => (ownerId ? { path: `/api/accounts/key-accounts/${account.id}/assign-owner`, body: { ownerId }, version: account.version } : null);
  return (
    <CommandForm title={t('owner.assign-of', { name: account.name })} submit={t('owner.assign')} done={t('owner.assigned')} action={action} onClose={onClose}>
      <OwnerSelect label={t('account.owner')} present={null} value={ownerId} onChange={setOwner} />
    </CommandForm>
  );
}

function OwnerSelect({ label, present, value, onChange }: { label: string; present: string | null; value: string | null; onChange: (id: string | null) => void }) {
  const { t } = useTranslation();
  const { rows } = useRows<TeamMember>('/api/accounts/team-members', { limit: 200 });
  const owners = (rows ?? []).flatMap(({ id, name, role }) => (name !== null && id !== present && (role === 'kam' || role === 'director') ? [{ value: id, label: name }] : []));
  return <Select data-autofocus required searchable limit={50} label={label} nothingFoundMessage={t('state.nothing-found')} data={owners} value={value} onChange={onChange} />;
}
