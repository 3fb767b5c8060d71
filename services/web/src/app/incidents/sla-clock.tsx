import { useTranslation } from 'react-i18next';
import type { Clock } from '../api/rows.js';
import { useFormats } from '../i18n/format.js';
import { Icon, type IconName } from '../ui/icons.js';
import { useNow } from '../ui/use-now.js';

const ICONS: Record<Clock['state'], IconName> = { running: 'clock', paused: 'pause', met: 'check', breached: 'incidents' };
const NEARLY = 0.75;

/**
 * A service-level clock. While it runs it counts down to the due time that the service worked out
 * (working hours, pauses); the bar is the share of the target already used up.
 */
export function SlaClock({ clock, name, withName = false }: { clock: Clock; name: string; withName?: boolean }) {
  const { t } = useTranslation();
  const { duration, instant } = useFormats();
  const now = useNow();
  const left = clock.dueAt === null ? null : Date.parse(clock.dueAt) - now;
  const state = clock.state === 'running' && left !== null && left < 0 ? 'breached' : clock.state;
  const used = Math.min(1, clock.elapsedMs / clock.targetMs);
  const tone = state === 'running' && used >= NEARLY ? 'nearly' : state;
  const texts: Record<Clock['state'], string> = {
    running: left === null ? '' : t('clock.left', { time: duration(left) }),
    paused: t('clock.paused', { time: duration(clock.elapsedMs), target: duration(clock.targetMs) }),
    met: t('clock.met', { time: duration(clock.elapsedMs) }),
    breached: clock.state === 'running' && left !== null ? t('clock.overdue', { time: duration(-left) }) : t('clock.breached', { target: duration(clock.targetMs) }),
  };
  return (
    <div className={`clock clock-${tone}`} title={clock.dueAt ? t('clock.due', { name, instant: instant(clock.dueAt) }) : name}>
      {withName && <span className="sub">{name}</span>}
      <span className="clock-text">
        <Icon name={ICONS[state]} size={14} />
        {texts[state]}
      </span>
      <span className="clock-bar" aria-hidden>
        <span style={{ width: `${(state === 'breached' ? 1 : used) * 100}%` }} />
      </span>
    </div>
  );
}
