import { Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyAccount } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';

export interface WithReasonProps {
  readonly account: KeyAccount;
  readonly onClose: () => void;
  readonly command: string;
  /** What its texts begin with: `<texts>.request`, `.request-of`, `.requested`. */
  readonly texts: 'dormancy' | 'closure' | 'cancel-handover';
  /** What the command says beside its reason. */
  readonly body?: object;
  /** The text that stands above the reason. */
  readonly hint?: 'dormancy.hint' | 'closure.hint';
}

/** The dialog of a command on an account that wants a reason. */
export function WithReason({ account, command, texts, body, hint, onClose }: WithReasonProps) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const action = () => ({ path: `/api/accounts/key-accounts/${account.id}/${command}`, body: { ...body, reason: reason.trim() }, version: account.version });
  return (
    <CommandForm danger title={t(`${texts}.request-of`, { name: account.name })} submit={t(`${texts}.request`)} done={t(`${texts}.requested`)} action={action} onClose={onClose}>
      {hint && <Text size="sm">{t(hint)}</Text>}
      <Textarea data-autofocus required autosize minRows={2} maxLength={500} label={t('form.reason')} value={reason} onChange={({ currentTarget }) => setReason(currentTarget.value)} />
    </CommandForm>
  );
}
