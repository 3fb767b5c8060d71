import { Skeleton } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Problem } from '../api/client.js';
import { useAnswer } from '../api/queries.js';
import { type PortfolioRow, PRIORITIES } from '../api/rows.js';
import { useAsOfQuery } from '../as-of/as-of.js';
import { differences } from '../i18n/difference.js';
import { useFormats } from '../i18n/format.js';
import { FigureTile } from '../ui/figure-tile.js';

const incidentsOf = ({ openIncidents }: PortfolioRow): number => PRIORITIES.reduce((sum, priority) => sum + openIncidents[priority], 0);

/** The figures of one account at the shown point in time, beside those at the date compared with. */
export function AccountFigures({ id }: { id: string }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const { number, percent, moneyList, date } = formats;
  const by = differences(formats);
  const { main, compared, isComparing } = useAsOfQuery();
  const { data, error } = useAnswer<PortfolioRow>(`/api/reporting/portfolio/${id}`, main);
  const otherDate = useAnswer<PortfolioRow>(`/api/reporting/portfolio/${id}`, compared, { enabled: isComparing });
  const other = isComparing ? otherDate.data : undefined;
  if (error instanceof Problem && error.status === 404) return <p className="note">{t('account.not-yet')}</p>;
  if (!data) return <Skeleton height={96} radius="md" />;
  return (
    <div className="tiles">
      <FigureTile
        label={t('figure.open-deals')}
        value={number(data.openDeals)}
        hint={data.openValue.length > 0 ? moneyList(data.openValue) : undefined}
        compared={other && { value: number(other.openDeals), difference: by.number(data.openDeals, other.openDeals) }}
      />
      <FigureTile label={t('figure.won')} value={number(data.won)} compared={other && { value: number(other.won), difference: by.number(data.won, other.won) }} />
      <FigureTile label={t('figure.lost')} value={number(data.lost)} compared={other && { value: number(other.lost), difference: by.number(data.lost, other.lost) }} />
      <FigureTile label={t('figure.won-value')} value={moneyList(data.wonValue)} compared={other && { value: moneyList(other.wonValue), difference: by.money(data.wonValue, other.wonValue) }} />
      <FigureTile
        label={t('figure.win-rate')}
        value={percent(data.winRate)}
        hint={t('figure.win-rate-of', { won: number(data.won), closed: number(data.won + data.lost) })}
        compared={other && { value: percent(other.winRate), difference: by.ratio(data.winRate, other.winRate, t('compare.points')) }}
      />
      <FigureTile
        label={t('figure.open-incidents')}
        value={number(incidentsOf(data))}
        hint={PRIORITIES.filter((priority) => data.openIncidents[priority] > 0).map((priority) => `${data.openIncidents[priority]} × ${priority}`).join(' · ')}
        compared={other && { value: number(incidentsOf(other)), difference: by.number(incidentsOf(data), incidentsOf(other)) }}
      />
      <FigureTile label={t('portfolio.last-activity')} value={date(data.lastActivityOn)} compared={other && { value: date(other.lastActivityOn), difference: null }} />
    </div>
  );
}
