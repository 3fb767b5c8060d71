import { Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyAccount } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';

/** Asks to close the account. The answer comes later: every service is asked whether something is still open. */
export function RequestClosure({ account, onClose }: { account: KeyAccount; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const action = () => ({ path: `/api/accounts/key-accounts/${account.id}/request-closure`, body: { reason: reason.trim() }, version: account.version });
  return (
    <CommandForm danger title={t('closure.request-of', { name: account.name })} submit={t('closure.request')} done={t('closure.requested')} action={action} onClose={onClose}>
      <Text size="sm">{t('closure.hint')}</Text>
      <Textarea data-autofocus required autosize minRows={2} maxLength={500} label={t('form.reason')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </CommandForm>
  );
}

/** How the last request to close the account went. */
export function ClosureState({ account: { closure } }: { account: KeyAccount }) {
  const { t } = useTranslation();
  if (!closure) return null;
  return (
    <div className={`banner banner-${closure.state}`} role="status">
      <strong>{t(`closure.state.${closure.state}`)}</strong>
      {closure.state === 'requested' && <p>{t('closure.asking')}</p>}
      {closure.state === 'refused' && (
        <ul className="plain">
          {closure.blockers.map(({ service, code, open }) => (
            <li key={service}>{t(`closure.blocker.${code}`, { service: t(`service.${service}`), count: open })}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
