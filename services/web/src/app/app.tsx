import { Skeleton, Stack } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import { useHref } from './as-of/as-of.js';
import { useMay } from './session/permissions.js';
import { useSession } from './session/session.js';
import { SignIn } from './session/sign-in.js';
import { Shell } from './shell/shell.js';
import { ErrorBoundary } from './ui/error-boundary.js';
import { AppLink } from './ui/link.js';
import { Empty } from './ui/states.js';

const Portfolio = lazy(() => import('./portfolio/portfolio.js'));
const Pipeline = lazy(() => import('./pipeline/pipeline.js'));
const Account = lazy(() => import('./account/account.js'));
const Incidents = lazy(() => import('./incidents/incidents.js'));
const Tasks = lazy(() => import('./tasks/tasks.js'));

export function App() {
  const session = useSession();
  const [location] = useLocation();
  if (!session) return <SignIn />;
  return (
    <Shell key={session.token} session={session}>
      <ErrorBoundary key={location}>
        <Suspense fallback={<PageSkeleton />}>
          <Switch>
            <Route path="/" component={Home} />
            <Route path="/portfolio" component={Portfolio} />
            <Route path="/pipeline" component={Pipeline} />
            <Route path="/accounts/:id">{({ id }) => <Account key={id} id={id} />}</Route>
            <Route path="/incidents" component={Incidents} />
            <Route path="/tasks" component={Tasks} />
            <Route component={NotFound} />
          </Switch>
        </Suspense>
      </ErrorBoundary>
    </Shell>
  );
}

function Home() {
  const may = useMay();
  const href = useHref();
  return <Redirect to={href(may('read-figures') ? '/portfolio' : may('read-incidents') ? '/incidents' : '/tasks')} replace />;
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty isPage title={t('state.not-found')} action={<AppLink to="/">{t('state.not-found-back')}</AppLink>}>
      {t('state.not-found-hint')}
    </Empty>
  );
}

function PageSkeleton() {
  return (
    <Stack gap="md" aria-hidden>
      <Skeleton height={28} width={220} />
      <Skeleton height={360} radius="md" />
    </Stack>
  );
}
