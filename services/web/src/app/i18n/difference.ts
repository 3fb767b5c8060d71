import type { Money } from '../api/rows.js';
import type { Formats } from './format.js';

const sign = (difference: number): string => (difference === 0 ? '±' : '');

/** How far a figure is from the one compared with, with its sign; null where either is unknown. */
export function differences({ signed, money, points, days }: Formats) {
  const number = (difference: number): string => sign(difference) + signed(difference);
  return {
    number: (now: number, then: number): string => number(now - then),
    ratio: (now: number | null, then: number | null, unit: string): string | null => (now === null || then === null ? null : `${sign(now - then)}${points(now - then)} ${unit}`),
    days: (now: number | null, then: number | null): string | null =>
      now === null || then === null ? null : `${now > then ? '+' : now < then ? '−' : '±'}${days(Math.abs(now - then))}`,
    /** Currency by currency; one that stands on one side only differs by its whole sum. No data on a side: no difference. */
    money: (now: readonly Money[], then: readonly Money[]): string | null => {
      const currencies = [...new Set([...now, ...then].map(({ currency }) => currency))];
      const sumOf = (values: readonly Money[], currency: string) => values.find((value) => value.currency === currency)?.amountMinor ?? 0;
      if (now.length === 0 || then.length === 0) return null;
      return currencies
        .map((currency) => ({ currency, amountMinor: sumOf(now, currency) - sumOf(then, currency) }))
        .map((difference) => sign(difference.amountMinor) + money(difference, 'exceptZero'))
        .join(', ');
    },
  };
}
