import type { Quota, RampPlan } from '@keyfold/contracts';
import { addMonths, monthOf } from '@keyfold/platform';

const MONTHS_OF_QUARTER = 3;

/** Per cent of the quota that a member carries on a day: 0 before the plan starts, 100 after its last quarter, and for whoever has none. */
export function rampPercentOn(ramp: RampPlan | null, day: string): number {
  if (!ramp) return 100;
  if (day < ramp.startsOn) return 0;
  let quarter = 0;
  while (quarter < ramp.percentByQuarter.length && day >= laterBy(ramp.startsOn, (quarter + 1) * MONTHS_OF_QUARTER)) quarter++;
  return ramp.percentByQuarter[quarter] ?? 100;
}

/** The same day so many months later; past the end of a shorter month it compares as that end. */
const laterBy = (day: string, months: number): string => addMonths(monthOf(day), months) + day.slice(7);

/**
 * What a member can sell in each quarter of a year, in minor units: quota x ramp x expected attainment x utilisation (domain.md 3.15), a twelfth of the quota for
 * each month, with the ramp of its first day. Null without a quota. From the month on whose first day the member has left, nothing.
 */
export function capacityByQuarter(quota: Quota | null, ramp: RampPlan | null, lastDay: string | null): readonly number[] | null {
  if (!quota) return null;
  const share = (quota.expectedAttainmentPercent / 100) * (quota.utilisationPercent / 100);
  const months = Array.from({ length: 12 }, (_, month) => {
    const first = `${quota.year}-${String(month + 1).padStart(2, '0')}-01`;
    return lastDay !== null && lastDay < first ? 0 : (quota.amount.amountMinor / 12) * (rampPercentOn(ramp, first) / 100) * share;
  });
  return [0, 1, 2, 3].map((quarter) => Math.round(months.slice(quarter * MONTHS_OF_QUARTER, (quarter + 1) * MONTHS_OF_QUARTER).reduce((sum, amount) => sum + amount, 0)));
}
