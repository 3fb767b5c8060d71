import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { type Action, useCommand } from '../api/commands.js';
import { useReason } from '../i18n/reason.js';

interface CommandFormProps {
  title: string;
  submit: string;
  /** Said when it is done. */
  done: string;
  /** The command as the form stands; null while something is missing. */
  action: () => Action | null;
  onClose: () => void;
  danger?: boolean;
  children: ReactNode;
}

/** A dialog for one command. A refusal stays in it, beside what was typed; nothing typed is lost. */
export function CommandForm({ title, submit, done, action, onClose, danger = false, children }: CommandFormProps) {
  const { t } = useTranslation();
  const reasonOf = useReason();
  const { mutate, error, isPending } = useCommand(() => {
    notifications.show({ message: done, color: 'fold' });
    onClose();
  });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const ready = action();
    if (ready) mutate(ready);
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': t('action.close') }}>
      <form onSubmit={send}>
        <Stack gap="sm">
          {children}
          {error && (
            <Alert role="alert" color="red" variant="light" className="refusal">
              {reasonOf(error)}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={isPending} color={danger ? 'red.9' : undefined}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** A command of one click; a refusal is said in a notification. */
export function useQuickCommand(done: string) {
  const { t } = useTranslation();
  const reasonOf = useReason();
  const { mutate, isPending } = useCommand(() => notifications.show({ message: done, color: 'fold' }));
  const run = (action: Action) => mutate(action, { onError: (error) => notifications.show({ title: t('state.refused'), message: reasonOf(error), color: 'red', autoClose: 10_000 }) });
  return { run, isPending };
}
