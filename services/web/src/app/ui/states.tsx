import { Button, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.js';
import { useReason } from '../i18n/reason.js';
import { Icon, type IconName } from './icons.js';

/** What stands where nothing is: says what would stand here and how it gets here. */
export function Empty({ icon = 'empty', title, isPage = false, children, action }: { icon?: IconName; title: string; isPage?: boolean; children?: ReactNode; action?: ReactNode }) {
  return (
    <Stack align="center" gap={6} py="xl" px="md" ta="center">
      <span className="empty-icon">
        <Icon name={icon} size={26} />
      </span>
      <Text component={isPage ? 'h1' : 'p'} m={0} fw={600} size={isPage ? 'xl' : undefined}>
        {title}
      </Text>
      {children && (
        <Text size="sm" c="dimmed" maw={440}>
          {children}
        </Text>
      )}
      {action}
    </Stack>
  );
}

export function Failed({ error, retry }: { error: Error; retry?: () => void }) {
  const { t } = useTranslation();
  const reasonOf = useReason();
  const isForbidden = error instanceof Problem && error.status === 403;
  return (
    <Empty
      icon="incidents"
      title={t(isForbidden ? 'state.forbidden' : 'state.failed')}
      action={
        !isForbidden && retry ? (
          <Button mt="xs" variant="default" onClick={retry}>
            {t('action.retry')}
          </Button>
        ) : undefined
      }
    >
      {isForbidden ? t('state.forbidden-hint') : reasonOf(error)}
    </Empty>
  );
}

export function PageHead({ title, hint, children }: { title: string; hint?: ReactNode; children?: ReactNode }) {
  return (
    <div className="page-head">
      <div>
        <Title order={1}>{title}</Title>
        {hint && (
          <Text size="sm" c="dimmed">
            {hint}
          </Text>
        )}
      </div>
      <div className="page-actions">{children}</div>
    </div>
  );
}

export function Panel({ title, aside, children, flush = false }: { title?: ReactNode; aside?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className="panel">
      {(title ?? aside) && (
        <header className="panel-head">
          <Title order={2}>{title}</Title>
          {aside}
        </header>
      )}
      <div className={flush ? undefined : 'panel-body'}>{children}</div>
    </section>
  );
}
