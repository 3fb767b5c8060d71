import { Button, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeyAccount } from '../api/rows.js';
import { useAsOf } from '../as-of/as-of.js';
import { useFormats } from '../i18n/format.js';
import { usePersonName } from '../i18n/person-name.js';
import { ReportIncident } from '../incidents/report-incident.js';
import { useMay } from '../session/permissions.js';
import { StatusTag, TierMark } from '../ui/account-tags.js';
import { Icon } from '../ui/icons.js';
import { AppLink } from '../ui/link.js';
import { Value } from '../ui/value.js';
import { MakeDormant, RequestClosure } from './closure.js';
import { AssignOwner, CancelHandover, HandOver } from './hand-over.js';

type Fact = readonly [label: string, value: string | null];

export function AccountHead({ account }: { account: KeyAccount }) {
  const { t } = useTranslation();
  const { date } = useFormats();
  const personName = usePersonName();
  const { handover } = account;
  const owner = personName(account.ownerId, account.ownerName);
  const ownership: readonly Fact[] = handover
    ? [
        [t('account.owner'), personName(handover.fromOwnerId, handover.fromOwnerName)],
        [t('account.owner-from', { day: date(handover.on) }), owner],
      ]
    : [[t('account.owner'), owner]];
  const facts: readonly Fact[] = [
    ...ownership,
    [t('account.sector'), account.sector],
    [t('account.country'), account.country],
    [t('account.active-since'), account.activeSince && date(account.activeSince)],
  ];
  return (
    <div className="page-head">
      <div>
        <AppLink to="/portfolio" className="crumb">
          {t('nav.portfolio')}
        </AppLink>
        <div className="account-name">
          {account.tier && <TierMark tier={account.tier} />}
          <Title order={1}>{account.name}</Title>
          <StatusTag status={account.status} />
        </div>
        <dl className="facts">
          {facts.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <Value>{value}</Value>
              </dd>
            </div>
          ))}
          {account.parentId && (
            <div>
              <dt>{t('account.parent')}</dt>
              <dd>
                <AppLink to={`/accounts/${account.parentId}`}>{t('account.open-parent')}</AppLink>
              </dd>
            </div>
          )}
        </dl>
      </div>
      <AccountActions account={account} />
    </div>
  );
}

/** A client has to sleep before it is closed. */
const CLOSABLE: readonly KeyAccount['status'][] = ['prospect', 'targeted', 'dormant'];

const DIALOGS = { report: ReportIncident, 'hand-over': HandOver, 'cancel-handover': CancelHandover, assign: AssignOwner, sleep: MakeDormant, close: RequestClosure };

type DialogName = keyof typeof DIALOGS;

function AccountActions({ account }: { account: KeyAccount }) {
  const { t } = useTranslation();
  const may = useMay();
  const { isPast } = useAsOf();
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const Dialog = dialog && DIALOGS[dialog];
  if (isPast) return <p className="dim page-actions">{t('as-of.read-only')}</p>;
  return (
    <div className="page-actions">
      {may('make-dormant') && account.status === 'active' && (
        <Button variant="default" onClick={() => setDialog('sleep')}>
          {t('dormancy.request')}
        </Button>
      )}
      {may('request-closure') && CLOSABLE.includes(account.status) && (
        <Button variant="default" onClick={() => setDialog('close')}>
          {t('closure.request')}
        </Button>
      )}
      <OwnerActions account={account} open={setDialog} />
      {may('report-incident') && (
        <Button leftSection={<Icon name="plus" size={16} />} onClick={() => setDialog('report')}>
          {t('incident.report')}
        </Button>
      )}
      {Dialog && <Dialog account={account} onClose={() => setDialog(null)} />}
    </div>
  );
}

function OwnerActions({ account, open }: { account: KeyAccount; open: (dialog: DialogName) => void }) {
  const { t } = useTranslation();
  const may = useMay();
  return (
    <>
      {may('hand-over') && account.ownerId !== null && (
        <Button variant="default" leftSection={<Icon name="transfer" size={16} />} onClick={() => open('hand-over')}>
          {t('hand-over.title')}
        </Button>
      )}
      {may('hand-over') && account.handover && (
        <Button variant="default" onClick={() => open('cancel-handover')}>
          {t('cancel-handover.request')}
        </Button>
      )}
      {may('assign-owner') && account.ownerId === null && account.status !== 'closed' && (
        <Button variant="default" onClick={() => open('assign')}>
          {t('owner.assign')}
        </Button>
      )}
    </>
  );
}
