import { useTranslation } from 'react-i18next';
import type { PortfolioRow } from '../api/rows.js';
import { say } from '../i18n/i18n.js';

const HIGH = 50;
const SOME = 20;

/** How much an account asks for attention, and why: the score only orders, the reasons say what to do. */
export function Attention({ score, reasons }: PortfolioRow['attention']) {
  const { t } = useTranslation();
  if (reasons.length === 0) return <span className="dim">{t('attention.none')}</span>;
  const level = score >= HIGH ? 'high' : score >= SOME ? 'some' : 'low';
  return (
    <div className="attention">
      <span className={`attention-score attention-${level}`} title={t('attention.score', { score })}>
        {score}
      </span>
      <ul>
        {reasons.map(({ code, params }) => (
          <li key={code}>{say(t, `attention.${code}`, params, code)}</li>
        ))}
      </ul>
    </div>
  );
}
