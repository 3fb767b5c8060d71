import { Button, Popover, Skeleton } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormats } from '../i18n/format.js';
import { Icon } from '../ui/icons.js';
import { useAsOf } from './as-of.js';

const AsOfPicker = lazy(() => import('./as-of-picker.js'));

/** The point in time of every figure on the screen; always in sight, loud when it is not now. */
export function AsOfBar() {
  const { t } = useTranslation();
  const { date, instant } = useFormats();
  const { asOf, knownOn, compare, isPast, setAsOf } = useAsOf();
  const [isOpen, setOpen] = useState(false);
  return (
    <div className={isPast ? 'as-of as-of-past' : 'as-of'} role="group" aria-label={t('as-of.label')}>
      <Popover opened={isOpen} onChange={setOpen} position="bottom-start" shadow="md" trapFocus returnFocus withinPortal>
        <Popover.Target>
          <Button variant="default" size="sm" leftSection={<Icon name="history" size={16} />} rightSection={<Icon name="chevronDown" size={14} />} onClick={() => setOpen(!isOpen)}>
            {asOf ? t('as-of.date', { date: date(asOf) }) : t('as-of.today')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown aria-label={t('as-of.label')}>
          <Suspense fallback={<Skeleton height={300} width={560} />}>
            <AsOfPicker close={() => setOpen(false)} />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
      {knownOn && <span className="as-of-part">{t('as-of.known-on', { instant: instant(knownOn) })}</span>}
      {compare && (
        <span className="as-of-part as-of-compare">
          <Icon name="compare" size={14} />
          {t('as-of.compared-with', { date: date(compare) })}
        </span>
      )}
      {(isPast || compare) && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAsOf({ asOf: null, knownOn: null, compare: null })}>
          {t('as-of.back-to-today')}
        </Button>
      )}
    </div>
  );
}
