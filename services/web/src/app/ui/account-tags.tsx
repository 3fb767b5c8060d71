import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { type KeyAccount, PRIORITIES, type Priority, type Tier } from '../api/rows.js';
import { Tag, type Tone } from './tag.js';

const STATUS_TONES: Record<KeyAccount['status'], Tone> = { prospect: 'info', targeted: 'info', active: 'good', dormant: 'warn', closing: 'warn', closed: 'neutral', merged: 'neutral' };
const PRIORITY_TONES: Record<Priority, Tone> = { P1: 'bad', P2: 'warn', P3: 'info', P4: 'neutral' };

export function StatusTag({ status }: { status: KeyAccount['status'] }) {
  const { t } = useTranslation();
  return <Tag tone={STATUS_TONES[status]}>{t(`account.status.${status}`)}</Tag>;
}

/** The tier as a mark beside the name; an account that is no key account has an empty one. */
export function TierMark({ tier }: { tier: Tier | null }) {
  const { t } = useTranslation();
  return (
    <span className={`tier tier-${tier ?? 'none'}`}>
      <VisuallyHidden>{tier ? t('account.tier-name', { tier }) : t('account.no-tier')}</VisuallyHidden>
      <span aria-hidden>{tier ?? '·'}</span>
    </span>
  );
}

export function PriorityTag({ priority }: { priority: Priority }) {
  return (
    <Tag tone={PRIORITY_TONES[priority]} strong={priority === 'P1'}>
      {priority}
    </Tag>
  );
}

/** Open incidents by priority, the priorities that have none left out. */
export function IncidentCounts({ counts }: { counts: Readonly<Record<Priority, number>> }) {
  const { t } = useTranslation();
  const present = PRIORITIES.filter((priority) => counts[priority] > 0);
  if (present.length === 0) return <span className="dim">{t('incident.none-open')}</span>;
  return (
    <span className="tags">
      {present.map((priority) => (
        <Tag key={priority} tone={PRIORITY_TONES[priority]} strong={priority === 'P1'}>
          {counts[priority]} × {priority}
        </Tag>
      ))}
    </span>
  );
}
