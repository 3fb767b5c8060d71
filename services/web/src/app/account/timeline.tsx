import { Button, Skeleton, Stack } from '@mantine/core';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useRows } from '../api/queries.js';
import type { TeamMember, TimelineItem } from '../api/rows.js';
import { useAsOfQuery } from '../as-of/as-of.js';
import { useFormats } from '../i18n/format.js';
import { Empty, Failed, Panel } from '../ui/states.js';
import { Tag } from '../ui/tag.js';
import { kindOf, useSentence } from './timeline-sentence.js';

const LATER_MS = 36 * 3_600_000;

/** The story of an account as its events tell it, newest first. */
export function Timeline({ accountId }: { accountId: string }) {
  const { t } = useTranslation();
  const { main } = useAsOfQuery();
  const list = useRows<TimelineItem>('/api/reporting/account-timeline', { accountId, ...main });
  const people = usePeople();
  return (
    <Panel title={t('account.timeline')} aside={list.isStale ? <Tag tone="info">{t('state.stale')}</Tag> : undefined}>
      {list.error && !list.rows && <Failed error={list.error} retry={list.retry} />}
      {!list.rows && !list.error && (
        <Stack gap="sm">
          {Array.from({ length: 5 }, (_, index) => (
            <Skeleton key={index} height={34} />
          ))}
        </Stack>
      )}
      {list.rows?.length === 0 && <Empty icon="history" title={t('timeline.empty')} />}
      <ol className="timeline">
        {list.rows?.map((item) => (
          <Entry key={item.id} item={item} people={people} />
        ))}
      </ol>
      {list.hasMore && (
        <Button variant="default" fullWidth mt="sm" loading={list.isLoadingMore} onClick={list.loadMore}>
          {t('action.load-more')}
        </Button>
      )}
    </Panel>
  );
}

function Entry({ item, people }: { item: TimelineItem; people: ReadonlyMap<string, string> }) {
  const { t } = useTranslation();
  const { day, instant } = useFormats();
  const sentence = useSentence(people);
  const isRecordedLater = Date.parse(item.recordedAt) - Date.parse(item.at) > LATER_MS;
  return (
    <li className={`entry entry-${kindOf(item.type)}`}>
      <span className="entry-text">{sentence(item)}</span>
      <time className="entry-time" dateTime={item.at} title={instant(item.recordedAt)}>
        {isRecordedLater ? day(item.at) : instant(item.at)}
        {isRecordedLater && <span> · {t('timeline.recorded', { date: day(item.recordedAt) })}</span>}
      </time>
    </li>
  );
}

function usePeople(): ReadonlyMap<string, string> {
  const { rows } = useRows<TeamMember>('/api/accounts/team-members', { limit: 200 });
  const { t } = useTranslation();
  return useMemo(() => new Map(rows?.map(({ id, name }) => [id, name ?? t('person.erased')])), [rows, t]);
}
