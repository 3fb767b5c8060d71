import { useTranslation } from 'react-i18next';
import { Icon } from '../ui/icons.js';
import { useAsOf } from './as-of.js';

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
