import { Select } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SortingState } from '@tanstack/react-table';
import { useAnswer } from '../api/queries.js';
import { GROUPINGS, type PipelineFunnel, type PipelineSummary } from '../api/rows.js';
import { useAsOfQuery, useFilter } from '../as-of/as-of.js';
import { DataTable } from '../ui/data-table.js';
import { Empty, Failed, PageHead, Panel } from '../ui/states.js';
import { Tag } from '../ui/tag.js';
import { Funnel } from './funnel.js';
import { PipelineTiles } from './pipeline-tiles.js';
import { join, useSummaryColumns } from './summary-columns.js';

const SUMMARY = '/api/reporting/pipeline-summary';
const FUNNEL = '/api/reporting/pipeline-funnel';
const MOTIONS = ['hunting', 'renewal', 'expansion'] as const;
const DEFAULT_GROUPING = 'owner';

export default function Pipeline() {
  const { t } = useTranslation();
  const { main, compared, isComparing } = useAsOfQuery();
  const { values, setFilter } = useFilter('groupBy', 'motion');
  const { motion } = values;
  const groupBy = GROUPINGS.find((name) => name === values.groupBy && name !== 'none') ?? DEFAULT_GROUPING;
  const total = useAnswer<PipelineSummary>(SUMMARY, { ...main, motion });
  const otherTotal = useAnswer<PipelineSummary>(SUMMARY, { ...compared, motion }, { enabled: isComparing });
  const funnel = useAnswer<PipelineFunnel>(FUNNEL, { ...main, motion });
  const otherFunnel = useAnswer<PipelineFunnel>(FUNNEL, { ...compared, motion }, { enabled: isComparing });
  if (total.error && !total.data) return <Failed error={total.error} retry={() => void total.refetch()} />;
  return (
    <>
      <PageHead title={t('pipeline.title')} hint={t('pipeline.hint')}>
        {total.data?.stale && <Tag tone="info">{t('state.stale')}</Tag>}
        <Select w={170} aria-label={t('deal.motion')} placeholder={t('pipeline.all-motions')} clearable data={MOTIONS.map((value) => ({ value, label: t(`motion.${value}`) }))} value={motion} onChange={(value) => setFilter({ motion: value })} />
      </PageHead>
      <PipelineTiles total={total.data?.groups[0]} other={isComparing ? otherTotal.data?.groups[0] : undefined} />
      <Panel>
        <Funnel stages={funnel.data?.stages} other={isComparing ? otherFunnel.data?.stages : undefined} />
      </Panel>
      <Summary groupBy={groupBy} motion={motion} onGroupBy={(value) => setFilter({ groupBy: value })} />
    </>
  );
}

function Summary({ groupBy, motion, onGroupBy }: { groupBy: (typeof GROUPINGS)[number]; motion: string | null; onGroupBy: (value: string | null) => void }) {
  const { t } = useTranslation();
  const { main, compared, isComparing } = useAsOfQuery();
  const [sorting, setSorting] = useState<SortingState>([{ id: 'wonValue', desc: true }]);
  const groups = useAnswer<PipelineSummary>(SUMMARY, { ...main, motion, groupBy });
  const others = useAnswer<PipelineSummary>(SUMMARY, { ...compared, motion, groupBy }, { enabled: isComparing });
  const columns = useSummaryColumns(groupBy, isComparing);
  const rows = useMemo(() => join(groups.data?.groups, isComparing ? others.data?.groups : undefined), [groups.data, others.data, isComparing]);
  return (
    <Panel
      flush
      title={t('pipeline.summary')}
      aside={
        <Select
          w={190}
          aria-label={t('pipeline.group-by')}
          allowDeselect={false}
          data={GROUPINGS.filter((name) => name !== 'none').map((value) => ({ value, label: t(`group.${value}`) }))}
          value={groupBy}
          onChange={onGroupBy}
        />
      }
    >
      <DataTable
        caption={t('pipeline.summary')}
        columns={columns}
        list={{ rows, error: groups.error, isRefreshing: groups.isPlaceholderData }}
        rowId={(row) => row.key ?? ''}
        sorting={sorting}
        onSorting={setSorting}
        sortedByServer={false}
        empty={<Empty icon="pipeline" title={t('pipeline.empty')}>{t('pipeline.empty-hint')}</Empty>}
      />
    </Panel>
  );
}
