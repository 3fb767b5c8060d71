import { ActionIcon, AppShell, Burger, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { queryClient, useRows } from '../api/queries.js';
import type { Task } from '../api/rows.js';
import { useAsOf, useHref } from '../as-of/as-of.js';
import { AsOfBar } from '../as-of/as-of-bar.js';
import { say } from '../i18n/i18n.js';
import { type Permission, useMay } from '../session/permissions.js';
import { type Session, session as sessions } from '../session/session.js';
import { initials } from '../session/sign-in.js';
import { Icon, type IconName } from '../ui/icons.js';
import { Preferences } from './preferences.js';

const SCREENS = [
  { path: '/portfolio', name: 'portfolio', permission: 'read-figures' },
  { path: '/pipeline', name: 'pipeline', permission: 'read-figures' },
  { path: '/incidents', name: 'incidents', permission: 'read-incidents' },
  { path: '/tasks', name: 'tasks', permission: 'read-tasks' },
] as const satisfies readonly { path: string; name: IconName; permission: Permission }[];

export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const { t } = useTranslation();
  const may = useMay();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const [location] = useLocation();
  useEffect(close, [location, close]);
  const { isPast } = useAsOf();
  const screens = SCREENS.filter(({ permission }) => may(permission));
  return (
    <AppShell layout="alt" header={{ height: 56 }} navbar={{ width: 224, breakpoint: 'sm', collapsed: { mobile: !isOpen } }} padding="lg">
      <a className="skip" href="#content">
        {t('app.skip')}
      </a>
      <AppShell.Header className={isPast ? 'header header-past' : 'header'}>
        <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('app.menu')} />
        <AsOfBar />
      </AppShell.Header>
      <AppShell.Navbar className="navbar" aria-label={t('app.menu')}>
        <div className="brand">
          <Burger opened={isOpen} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('action.close')} />
          <img src="/keyfold.svg" alt="" width={28} height={28} />
          <span>Keyfold</span>
        </div>
        <div className="screens">
          {screens.map(({ path, name }) => (
            <NavItem key={path} path={path} icon={name} isCurrent={location.startsWith(path) || (name === 'portfolio' && location.startsWith('/accounts'))}>
              {t(`nav.${name}`)}
              {name === 'tasks' && <OpenTasks memberId={session.memberId} />}
            </NavItem>
          ))}
        </div>
        <div className="who">
          <span className="avatar" aria-hidden>
            {initials(session.name)}
          </span>
          <div className="who-name">
            <Text size="sm" fw={600} truncate>
              {session.name}
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {say(t, `role.${session.role}`, {}, session.role)}
            </Text>
          </div>
          <ActionIcon variant="subtle" color="gray" aria-label={t('app.sign-out')} title={t('app.sign-out')} onClick={signOut}>
            <Icon name="signOut" />
          </ActionIcon>
        </div>
        <Preferences />
      </AppShell.Navbar>
      <AppShell.Main id="content">
        <div className="content">{children}</div>
      </AppShell.Main>
    </AppShell>
  );
}

function signOut(): void {
  sessions.end();
  queryClient.clear();
}

function NavItem({ path, icon, isCurrent, children }: { path: string; icon: IconName; isCurrent: boolean; children: ReactNode }) {
  const href = useHref();
  return (
    <Link href={href(path)} className={isCurrent ? 'screen screen-current' : 'screen'} aria-current={isCurrent ? 'page' : undefined}>
      <Icon name={icon} />
      {children}
    </Link>
  );
}

const TASKS_EVERY_MS = 15_000;

function OpenTasks({ memberId }: { memberId: string | null }) {
  const { t } = useTranslation();
  const { rows, hasMore } = useRows<Task>('/api/accounts/tasks', { state: 'open', assigneeId: memberId }, { every: TASKS_EVERY_MS, enabled: memberId !== null });
  if (!rows || rows.length === 0) return null;
  return (
    <span className="count" title={t('nav.open-tasks', { count: rows.length })}>
      {rows.length}
      {hasMore && '+'}
    </span>
  );
}
