import { Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyAccount } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';

interface Props {
  readonly account: KeyAccount;
  readonly onClose: () => void;
}

/** The first step to the end of a client: it sleeps, and may be closed then. */
export const MakeDormant = (props: Props) => <WithReason {...props} command="make-dormant" texts="dormancy" />;

/** Asks to close the account. The answer comes later: every service is asked whether something is still open. */
export const RequestClosure = (props: Props) => <WithReason {...props} command="request-closure" texts="closure" />;

function WithReason({ account, command, texts, onClose }: Props & { command: string; texts: 'dormancy' | 'closure' }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const action = () => ({ path: `/api/accounts/key-accounts/${account.id}/${command}`, body: { reason: reason.trim() }, version: account.version });
  return (
    <CommandForm danger title={t(`${texts}.request-of`, { name: account.name })} submit={t(`${texts}.request`)} done={t(`${texts}.requested`)} action={action} onClose={onClose}>
      <Text size="sm">{t(`${texts}.hint`)}</Text>
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
