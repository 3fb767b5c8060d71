import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { SummaryGroup } from '../api/rows.js';
import { differences } from '../i18n/difference.js';
import { useFormats } from '../i18n/format.js';
import { FigureTile } from '../ui/figure-tile.js';

export function PipelineTiles({ total, other }: { total: SummaryGroup | undefined; other: SummaryGroup | undefined }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { number, percent, days, moneyList } = formats;
  const by = differences(formats);
  if (!total) return <Skeleton height={96} radius="md" />;
  return (
    <div className="tiles">
      <FigureTile label={t('figure.open-deals')} value={number(total.open)} compared={other && { value: number(other.open), difference: by.number(total.open, other.open) }} />
      <FigureTile label={t('figure.won')} value={number(total.won)} compared={other && { value: number(other.won), difference: by.number(total.won, other.won) }} />
      <FigureTile label={t('figure.lost')} value={number(total.lost)} compared={other && { value: number(other.lost), difference: by.number(total.lost, other.lost) }} />
      <FigureTile label={t('figure.won-value')} value={moneyList(total.wonValues)} compared={other && { value: moneyList(other.wonValues), difference: by.money(total.wonValues, other.wonValues) }} />
      <FigureTile
        label={t('figure.win-rate')}
        value={percent(total.winRate)}
        hint={t('figure.win-rate-of', { won: number(total.won), closed: number(total.won + total.lost) })}
        compared={other && { value: percent(other.winRate), difference: by.ratio(total.winRate, other.winRate, t('compare.points')) }}
      />
      <FigureTile
        label={t('figure.cycle')}
        value={days(total.medianCycleDays)}
        hint={t('figure.cycle-hint')}
        compared={other && { value: days(other.medianCycleDays), difference: by.days(total.medianCycleDays, other.medianCycleDays) }}
      />
    </div>
  );
}
