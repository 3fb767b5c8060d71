import { useTranslation } from 'react-i18next';
import { useFormats } from '../i18n/format.js';
import { Icon } from '../ui/icons.js';
import { useAsOf } from './as-of.js';

/** Says in a sentence that the screen shows another day than today. */
export function AsOfNote() {
  const { t } = useTranslation();
  const { date, instant } = useFormats();
  const { asOf, knownOn } = useAsOf();
  if (asOf === null && knownOn === null) return null;
  const text = asOf ? t('as-of.note', { date: date(asOf) }) : '';
  const known = knownOn ? t('as-of.note-known', { instant: instant(knownOn) }) : '';
  return (
    <p className="note" role="status">
      <Icon name="history" size={16} />
      {`${text} ${known}`.trim()}
    </p>
  );
}

/** On screens that people work from: they always show now. */
export function LiveNote() {
  const { t } = useTranslation();
  const { isPast } = useAsOf();
  if (!isPast) return null;
  return (
    <p className="note" role="status">
      <Icon name="clock" size={16} />
      {t('as-of.live')}
    </p>
  );
}
