import { Alert, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type DemoPerson, demoPeople, demoToken } from '../api/client.js';
import { queryClient } from '../api/queries.js';
import { say } from '../i18n/i18n.js';
import { useReason } from '../i18n/reason.js';
import { Preferences } from '../shell/preferences.js';
import { session, useHasExpired } from './session.js';

/** Sign-in as one of the demo people; there only where the demo identity is switched on. */
export function SignIn() {
  const { t } = useTranslation();
  const reasonOf = useReason();
  const hasExpired = useHasExpired();
  const people = useQuery({ queryKey: ['/auth/demo-people'], queryFn: demoPeople });
  const signIn = useMutation({
    mutationFn: async (person: DemoPerson) => ({ ...person, ...(await demoToken(person.user)) }),
    onSuccess: ({ token, user, name, role, memberId }) => {
      queryClient.clear();
      session.start({ token, user, name, role, memberId });
    },
  });
  const error = people.error ?? signIn.error;
  return (
    <main className="sign-in">
      <div className="sign-in-card">
        <img src="/keyfold.svg" alt="" width={44} height={44} />
        <Title order={1}>{t('sign-in.title')}</Title>
        <Text c="dimmed">{t('sign-in.hint')}</Text>
        {hasExpired && (
          <Alert color="yellow" mt="md">
            {t('sign-in.expired')}
          </Alert>
        )}
        {error && (
          <Alert color="red" mt="md" role="alert">
            {people.error ? t('sign-in.unavailable') : reasonOf(error)}
          </Alert>
        )}
        <ul className="people">
          {people.isPending && Array.from({ length: 4 }, (_, index) => <li key={index}><Skeleton height={56} radius="md" /></li>)}
          {people.data?.map((person) => (
            <li key={person.user}>
              <button type="button" className="person" disabled={signIn.isPending} onClick={() => signIn.mutate(person)}>
                <span className="avatar" aria-hidden>
                  {initials(person.name)}
                </span>
                <Stack gap={0}>
                  <Text fw={600}>{person.name}</Text>
                  <Text size="sm" c="dimmed">
                    {say(t, `role.${person.role}`, {}, person.role)}
                  </Text>
                </Stack>
              </button>
            </li>
          ))}
        </ul>
        <Preferences />
      </div>
    </main>
  );
}

export const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part[0]?.toUpperCase() ?? '')
    .join('');
