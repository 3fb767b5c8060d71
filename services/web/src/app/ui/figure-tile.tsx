import { useTranslation } from 'react-i18next';
import { Value } from './value.js';

interface FigureTileProps {
  label: string;
  value: string | null;
  /** What the figure was at the date compared with, and how far apart the two are. */
  compared?: { value: string; difference: string | null };
  hint?: string;
}

export function FigureTile({ label, value, compared, hint }: FigureTileProps) {
  return (
    <div className="tile">
      <div className="tile-label">{label}</div>
      <div className="tile-value">
        <Value>{value}</Value>
      </div>
      {compared ? <Compared {...compared} /> : hint && <div className="tile-hint">{hint}</div>}
    </div>
  );
}

export function Compared({ value, difference }: { value: string; difference: string | null }) {
  const { t } = useTranslation();
  return (
    <div className="compared">
      <span className="compared-was">{t('compare.was', { value })}</span>
      {difference !== null && <span className="compared-by">{difference}</span>}
    </div>
  );
}
