import { useTranslation } from 'react-i18next';
import { useFormats } from '../i18n/format.js';
import { Icon } from '../ui/icons.js';
import { useNow } from '../ui/use-now.js';
import { Value } from '../ui/value.js';

/** When something is due, counted down; overdue is said in words. */
export function DueTime({ dueAt }: { dueAt: string | null }) {
  const { t } = useTranslation();
  const { duration, instant } = useFormats();
  const now = useNow();
  if (dueAt === null) return <Value>{null}</Value>;
  const left = Date.parse(dueAt) - now;
  return (
    <span className={left < 0 ? 'clock clock-breached' : 'clock clock-running'} title={instant(dueAt)}>
      <span className="clock-text">
        <Icon name={left < 0 ? 'incidents' : 'clock'} size={14} />
        {left < 0 ? t('clock.overdue', { time: duration(-left) }) : t('clock.left', { time: duration(left) })}
      </span>
    </span>
  );
}
