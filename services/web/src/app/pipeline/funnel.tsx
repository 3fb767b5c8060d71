import { SegmentedControl, Skeleton, Title } from '@mantine/core';
import { lazy, Suspense, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FunnelStage } from '../api/rows.js';
import { useAsOf } from '../as-of/as-of.js';
import { useFormats } from '../i18n/format.js';
import { Empty } from '../ui/states.js';
import type { ChartColours, ChartOption } from '../ui/chart.js';
import { type FunnelProps, FunnelTable } from './funnel-table.js';

const Chart = lazy(() => import('../ui/chart.js'));
const HEIGHT = 250;

/** Open deals by stage, as a picture or as its table twin. */
export function Funnel({ stages, other }: Partial<FunnelProps>) {
  const { t } = useTranslation();
  const [view, setView] = useState('chart');
  const isEmpty = stages?.every(({ open }) => open === 0) && !other?.some(({ open }) => open > 0);
  return (
    <>
      <div className="panel-head panel-head-inner">
        <Title order={2}>{t('pipeline.funnel')}</Title>
        <SegmentedControl size="xs" aria-label={t('pipeline.view')} value={view} onChange={setView} data={[{ value: 'chart', label: t('pipeline.chart') }, { value: 'table', label: t('pipeline.table') }]} />
      </div>
      {!stages && <Skeleton height={HEIGHT} radius="md" />}
      {stages && isEmpty && <Empty icon="pipeline" title={t('pipeline.no-open')} />}
      {stages && !isEmpty && (view === 'chart' ? <FunnelChart stages={stages} other={other} /> : <FunnelTable stages={stages} other={other} />)}
    </>
  );
}

function FunnelChart({ stages, other }: FunnelProps) {
  const { t } = useTranslation();
  const { date, number } = useFormats();
  const { asOf, compare } = useAsOf();
  const now = asOf ? date(asOf) : t('as-of.now');
  const option = useCallback(
    (colours: ChartColours): ChartOption => ({
      grid: { left: 4, right: 48, top: other ? 34 : 8, bottom: 4, containLabel: true },
      legend: other ? { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 20, textStyle: { color: colours.text } } : undefined,
      tooltip: { trigger: 'axis', axisPointer: { type: 'shadow' }, valueFormatter: (value) => number(Number(value)) },
      aria: { enabled: true, decal: { show: other !== undefined, decals: [{ symbol: 'none' }, { symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4, color: colours.decal }] } },
      xAxis: { type: 'value', minInterval: 1, axisLabel: { color: colours.text, formatter: number }, splitLine: { lineStyle: { color: colours.line } } },
      yAxis: { type: 'category', inverse: true, data: stages.map(({ stage }) => t(`stage.${stage}`)), axisLabel: { color: colours.text, fontSize: 13 }, axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false } },
      series: [
        series(now, colours.main, stages),
        ...(other ? [series(date(compare), colours.other, other)] : []),
      ].map((each) => ({ ...each, label: { show: true, position: 'right', color: colours.text, formatter: ({ value }: { value?: unknown }) => number(Number(value)) } })),
    }),
    [stages, other, now, compare, date, number, t],
  );
  return (
    <Suspense fallback={<Skeleton height={HEIGHT} radius="md" />}>
      <Chart option={option} height={HEIGHT} label={t('pipeline.funnel-label')} />
    </Suspense>
  );
}

const series = (name: string, color: string, stages: readonly FunnelStage[]) => ({
  name,
  type: 'bar' as const,
  barMaxWidth: 22,
  itemStyle: { color, borderRadius: [0, 4, 4, 0] },
  data: stages.map(({ open }) => open),
});
