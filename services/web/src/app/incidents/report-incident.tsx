import { SegmentedControl, Select, Text, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import { type KeyAccount, type Level, LEVELS } from '../api/rows.js';
import { CommandForm } from '../ui/command-form.js';

const TYPING_MS = 200;

/** Reports an incident; on the page of an account the account is given. Impact and urgency give the priority, the service decides which. */
export function ReportIncident({ account, onClose }: { account?: { id: string; name: string }; onClose: () => void }) {
  const { t } = useTranslation();
  const [accountId, setAccountId] = useState(account?.id ?? null);
  const [title, setTitle] = useState('');
  const [description, setDescription] = useState('');
  const [impact, setImpact] = useState<Level>('medium');
  const [urgency, setUrgency] = useState<Level>('medium');
  const [reporterContact, setContact] = useState('');
  const action = () => {
    if (!accountId) return null;
    const optional = { ...(description.trim() && { description: description.trim() }), ...(reporterContact.trim() && { reporterContact: reporterContact.trim() }) };
    return { path: '/api/satisfaction/incidents', body: { accountId, title: title.trim(), impact, urgency, ...optional } };
  };
  return (
    <CommandForm title={account ? t('incident.report-for', { name: account.name }) : t('incident.report')} submit={t('incident.report')} done={t('incident.reported')} action={action} onClose={onClose}>
      {!account && <AccountSelect value={accountId} onChange={setAccountId} />}
      <TextInput data-autofocus={account ? true : undefined} required maxLength={200} label={t('incident.title')} placeholder={t('incident.title-hint')} value={title} onChange={({ currentTarget }) => setTitle(currentTarget.value)} />
      <Textarea autosize minRows={2} maxRows={8} maxLength={2_000} label={t('incident.description')} value={description} onChange={({ currentTarget }) => setDescription(currentTarget.value)} />
      <LevelField label={t('incident.impact')} value={impact} onChange={setImpact} />
      <LevelField label={t('incident.urgency')} value={urgency} onChange={setUrgency} />
      {impact === 'high' && urgency === 'high' && (
        <Text size="sm" className="warn-text" role="status">
          {t('incident.p1-hint')}
        </Text>
      )}
      <TextInput maxLength={200} label={t('incident.reporter')} description={t('incident.reporter-hint')} value={reporterContact} onChange={({ currentTarget }) => setContact(currentTarget.value)} />
    </CommandForm>
  );
}

function LevelField({ label, value, onChange }: { label: string; value: Level; onChange: (level: Level) => void }) {
  const { t } = useTranslation();
  return (
    <div className="level">
      <Text size="sm" fw={500}>
        {label}
      </Text>
      <SegmentedControl size="xs" aria-label={label} data={LEVELS.map((level) => ({ value: level, label: t(`level.${level}`) }))} value={value} onChange={(level) => onChange(level as Level)} />
    </div>
  );
}

function AccountSelect({ value, onChange }: { value: string | null; onChange: (id: string | null) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text, TYPING_MS);
  const { rows } = useRows<KeyAccount>('/api/accounts/key-accounts', { q });
  return (
    <Select
      data-autofocus
      required
      searchable
      label={t('portfolio.account')}
      placeholder={t('portfolio.search')}
      nothingFoundMessage={t('state.nothing-found')}
      data={(rows ?? []).filter(({ status }) => status !== 'closed').map(({ id, name }) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      onSearchChange={setText}
    />
  );
}
