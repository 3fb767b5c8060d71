import { Skeleton } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAnswer, useRows } from '../api/queries.js';
import { Problem } from '../api/client.js';
import type { Incident, KeyAccount } from '../api/rows.js';
import { useAsOf } from '../as-of/as-of.js';
import { IncidentTable } from '../incidents/incident-table.js';
import { Empty, Failed, Panel } from '../ui/states.js';
import { Tag } from '../ui/tag.js';
import { AppLink } from '../ui/link.js';
import { AccountFigures } from './account-figures.js';
import { AccountHead } from './account-head.js';
import { ClosureState } from './closure.js';
import { OpenDeals } from './open-deals.js';
import { Timeline } from './timeline.js';

const EVERY_MS = 10_000;
const CLOSING_EVERY_MS = 1_500;

export default function Account({ id }: { id: string }) {
  const { t } = useTranslation();
  const { isPast } = useAsOf();
  const [isClosing, setClosing] = useState(false);
  const { data: account, error, refetch } = useAnswer<KeyAccount>(`/api/accounts/key-accounts/${id}`, {}, { every: isClosing ? CLOSING_EVERY_MS : undefined });
  if ((account?.status === 'closing') !== isClosing) setClosing(account?.status === 'closing');
  if (error instanceof Problem && error.status === 404) return <UnknownAccount />;
  if (error && !account) return <Failed error={error} retry={() => void refetch()} />;
  if (!account) return <Skeleton height={320} radius="md" />;
  const live = isPast ? <Tag>{t('account.live')}</Tag> : undefined;
  return (
    <>
      <AccountHead account={account} />
      <ClosureState account={account} />
      <AccountFigures id={id} />
      <div className="account-grid">
        <div className="account-work">
          <OpenDeals accountId={id} aside={live} />
          <AccountIncidents accountId={id} aside={live} />
        </div>
        <Timeline accountId={id} />
      </div>
    </>
  );
}

function AccountIncidents({ accountId, aside }: { accountId: string; aside: ReactNode }) {
  const { t } = useTranslation();
  const list = useRows<Incident>('/api/satisfaction/incidents', { accountId, state: 'open' }, { every: EVERY_MS });
  return (
    <Panel flush title={t('account.incidents')} aside={aside}>
      <IncidentTable list={list} withAccount={false} empty={<Empty icon="check" title={t('incident.empty')} />} />
    </Panel>
  );
}

function UnknownAccount() {
  const { t } = useTranslation();
  return (
    <Empty isPage title={t('account.not-found')} action={<AppLink to="/portfolio">{t('state.not-found-back')}</AppLink>}>
      {t('account.not-found-hint')}
    </Empty>
  );
}
