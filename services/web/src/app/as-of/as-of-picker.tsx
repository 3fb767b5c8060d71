import { Button, Text } from '@mantine/core';
import { DatePicker, DateTimePicker } from '@mantine/dates';
import dayjs from 'dayjs';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DateField, LocalDates, today, useCalendarLabels } from '../ui/date-field.js';
import { useAsOf } from './as-of.js';

const EARLIEST = '1990-01-01';
const LOCAL = 'YYYY-MM-DD HH:mm:ss';

/** Ends of the last month, quarter and year: the dates that people ask for most. */
function presets(): { name: 'month-end' | 'quarter-end' | 'year-end'; date: string }[] {
  const now = dayjs();
  const lastDayBefore = (month: number) => now.month(month).startOf('month').subtract(1, 'day').format('YYYY-MM-DD');
  return [
    { name: 'month-end', date: lastDayBefore(now.month()) },
    { name: 'quarter-end', date: lastDayBefore(now.month() - (now.month() % 3)) },
    { name: 'year-end', date: lastDayBefore(0) },
  ];
}

export default function AsOfPicker({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const { asOf, knownOn, compare, setAsOf } = useAsOf();
  const [date, setDate] = useState(asOf);
  const [known, setKnown] = useState(knownOn && dayjs(knownOn).format(LOCAL));
  const [other, setOther] = useState(compare);
  const [shown, setShown] = useState(asOf ?? today());
  const ariaLabels = useCalendarLabels();
  const pick = (next: string | null) => {
    setDate(next);
    setShown(next ?? today());
  };
  const apply = (event: FormEvent) => {
    event.preventDefault();
    setAsOf({ asOf: date === today() ? null : date, knownOn: known && dayjs(known).toISOString(), compare: other });
    close();
  };
  return (
    <LocalDates>
      <form className="picker" onSubmit={apply}>
        <div>
          <Text fw={600} mb={6}>
            {t('as-of.pick-date')}
          </Text>
          <DatePicker value={date ?? today()} onChange={pick} date={shown} onDateChange={setShown} minDate={EARLIEST} maxDate={today()} weekendDays={[]} hideOutsideDates ariaLabels={ariaLabels} />
          <div className="presets">
            {presets().map((preset) => (
              <Button key={preset.name} size="compact-xs" variant="default" onClick={() => pick(preset.date)}>
                {t(`as-of.${preset.name}`)}
              </Button>
            ))}
          </div>
        </div>
        <div className="picker-more">
          <DateField calendar="none" label={t('as-of.business-date')} description={t('as-of.business-date-hint')} placeholder={t('as-of.today')} value={date} onChange={pick} minDate={EARLIEST} maxDate={today()} />
          <DateTimePicker
            label={t('as-of.pick-known-on')}
            description={t('as-of.pick-known-on-hint')}
            placeholder={t('as-of.known-now')}
            value={known}
            onChange={setKnown}
            maxDate={dayjs().format(LOCAL)}
            clearable
            clearButtonProps={{ 'aria-label': t('action.clear') }}
            ariaLabels={ariaLabels}
            weekendDays={[]}
            hideOutsideDates
            popoverProps={{ withinPortal: false }}
            submitButtonProps={{ 'aria-label': t('action.apply') }}
          />
          <DateField calendar="within" label={t('as-of.pick-compare')} description={t('as-of.pick-compare-hint')} placeholder={t('as-of.no-compare')} value={other} onChange={setOther} minDate={EARLIEST} maxDate={today()} />
          <Button type="submit" mt="auto">
            {t('action.apply')}
          </Button>
        </div>
      </form>
    </LocalDates>
  );
}
