import 'dayjs/locale/fr';
import { DateInput, DatesProvider } from '@mantine/dates';
import dayjs from 'dayjs';
import customParseFormat from 'dayjs/plugin/customParseFormat.js';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Language } from '../i18n/i18n.js';

dayjs.extend(customParseFormat);

const FORMATS: Record<Language, string> = { en: 'YYYY-MM-DD', fr: 'DD/MM/YYYY' };

/** Today on this person's calendar, `YYYY-MM-DD`. */
export const today = (): string => dayjs().format('YYYY-MM-DD');

export function useCalendarLabels() {
  const { t } = useTranslation();
  return {
    previousMonth: t('calendar.previous-month'),
    nextMonth: t('calendar.next-month'),
    previousYear: t('calendar.previous-year'),
    nextYear: t('calendar.next-year'),
    previousDecade: t('calendar.previous-decade'),
    nextDecade: t('calendar.next-decade'),
  };
}

export function LocalDates({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  return <DatesProvider settings={{ locale: i18n.language, firstDayOfWeek: 1 }}>{children}</DatesProvider>;
}

interface DateFieldProps {
  label: string;
  description?: string;
  placeholder?: string;
  value: string | null;
  onChange: (value: string | null) => void;
  minDate?: string;
  maxDate?: string;
  required?: boolean;
  /** `within`: the field stands in a popover, which its calendar must not leave. `none`: a calendar stands beside it. */
  calendar?: 'over' | 'within' | 'none';
}

/** A calendar date that can be typed or picked. */
export function DateField({ calendar = 'over', required = false, ...field }: DateFieldProps) {
  const { t, i18n } = useTranslation();
  const ariaLabels = useCalendarLabels();
  return (
    <LocalDates>
      <DateInput
        {...field}
        valueFormat={FORMATS[i18n.language as Language]}
        required={required}
        clearable={!required}
        clearButtonProps={{ 'aria-label': t('action.clear') }}
        ariaLabels={ariaLabels}
        weekendDays={[]}
        hideOutsideDates
        popoverProps={{ withinPortal: calendar === 'over', disabled: calendar === 'none' }}
      />
    </LocalDates>
  );
}
