import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Money } from '../api/rows.js';

/** What stands where there is no data. Never 0, never an empty cell. */
export const NO_DATA = '—';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export function formatsOf(language: string) {
  const number = new Intl.NumberFormat(language);
  const signed = new Intl.NumberFormat(language, { signDisplay: 'exceptZero' });
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
  const points = new Intl.NumberFormat(language, { maximumFractionDigits: 1, signDisplay: 'exceptZero' });
  const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeZone: 'UTC' });
  const day = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
  const instant = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
  const unit = (name: string) => new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' });
  const units = { day: unit('day'), hour: unit('hour'), minute: unit('minute'), second: unit('second') };

  const money = ({ amountMinor, currency }: Money, signDisplay: 'auto' | 'exceptZero' = 'auto'): string => {
    const digits = minorDigits(currency);
    const isWhole = amountMinor % 10 ** digits === 0;
    return new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
      signDisplay,
      minimumFractionDigits: isWhole ? 0 : digits,
      maximumFractionDigits: isWhole ? 0 : digits,
    }).format(amountMinor / 10 ** digits);
  };

  const pair = (large: Intl.NumberFormat, count: number, small: Intl.NumberFormat, rest: number): string =>
    rest === 0 ? large.format(count) : `${large.format(count)} ${small.format(rest)}`;

  /** The two largest units, the smaller one only where it says something: "2 h 14 min", "3 days", "45 s". */
  const duration = (ms: number): string => {
    if (ms >= DAY) return pair(units.day, Math.floor(ms / DAY), units.hour, Math.floor((ms % DAY) / HOUR));
    if (ms >= HOUR) return pair(units.hour, Math.floor(ms / HOUR), units.minute, Math.floor((ms % HOUR) / MINUTE));
    if (ms >= MINUTE) return pair(units.minute, Math.floor(ms / MINUTE), units.second, Math.floor((ms % MINUTE) / 1_000));
    return units.second.format(Math.max(0, Math.floor(ms / 1_000)));
  };

  return {
    money,
    duration,
    /** Values in several currencies stand side by side: they are never added up. */
    moneyList: (values: readonly Money[]): string => (values.length === 0 ? NO_DATA : values.map((value) => money(value)).join(' + ')),
    number: (value: number | null): string => (value === null ? NO_DATA : number.format(value)),
    signed: (value: number): string => signed.format(value),
    percent: (ratio: number | null): string => (ratio === null ? NO_DATA : percent.format(ratio)),
    points: (difference: number): string => points.format(difference * 100),
    days: (value: number | null): string => (value === null ? NO_DATA : units.day.format(value)),
    /** A calendar date, the same wherever it is read. */
    date: (value: string | null): string => (value === null ? NO_DATA : date.format(new Date(value))),
    /** The day of an instant, on the calendar of whoever reads it. */
    day: (value: string): string => day.format(new Date(value)),
    instant: (value: string | null): string => (value === null ? NO_DATA : instant.format(new Date(value))),
  };
}

export type Formats = ReturnType<typeof formatsOf>;

export function minorDigits(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

const REGIONAL = /^[a-z]{2}-[A-Z]{2}$/;

/** The chosen language as this person's region writes it: en-GB rather than en, where the browser says so. Browsers say odd things too (en-US@posix). */
export const regional = (language: string, spoken: readonly string[]): string => spoken.find((tag) => REGIONAL.test(tag) && tag.startsWith(`${language}-`)) ?? language;

export function useFormats(): Formats {
  const { i18n } = useTranslation();
  return useMemo(() => formatsOf(regional(i18n.language, navigator.languages)), [i18n.language]);
}
