import { addDays, dateOf, endOfDay } from './time.js';

/** Working time of a country: an IANA zone, the weekdays off (Monday 1 to Sunday 7, never all seven) and the dates off. */
export interface BusinessCalendar {
  readonly timeZone: string;
  readonly weekend: readonly number[];
  readonly holidays: readonly string[];
}

/** Monday 1 to Sunday 7. */
export const weekdayOf = (date: string): number => new Date(Date.parse(date)).getUTCDay() || 7;

export const isBusinessDay = (date: string, { weekend, holidays }: BusinessCalendar): boolean => !weekend.includes(weekdayOf(date)) && !holidays.includes(date);

/** The date itself, or the first business day after it. */
export function nextBusinessDay(date: string, calendar: BusinessCalendar): string {
  let day = date;
  while (!isBusinessDay(day, calendar)) day = addDays(day, 1);
  return day;
}

/** The business day so many business days after a date; `count` from 0, which is the date itself or the first business day after it. */
export function addBusinessDays(date: string, count: number, calendar: BusinessCalendar): string {
  let day = nextBusinessDay(date, calendar);
  for (let left = count; left > 0; left--) day = nextBusinessDay(addDays(day, 1), calendar);
  return day;
}

/** Business days after `from`, up to and with `to`; 0 when `to` is not later. */
export function businessDaysBetween(from: string, to: string, calendar: BusinessCalendar): number {
  let count = 0;
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isBusinessDay(day, calendar)) count++;
  return count;
}

/** The last millisecond of a date where the calendar holds, RFC 3339 in UTC: what is due on a date is late after it. */
export const endOfBusinessDay = (date: string, { timeZone }: BusinessCalendar): string => new Date(endOfDay(date, timeZone)).toISOString();

/** The date on which an instant falls where the calendar holds. */
export const dateIn = (instant: string, { timeZone }: BusinessCalendar): string => dateOf(Date.parse(instant), timeZone);
