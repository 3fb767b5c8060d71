import type { Money } from '../api/rows.js';
import type { Formats } from './format.js';

/** How far a figure is from the one compared with; null where either is unknown. */
export function differences({ signed, money, points, days }: Formats) {
  return {
    number: (now: number | null, then: number | null): string | null => (now === null || then === null ? null : signed(now - then)),
    ratio: (now: number | null, then: number | null, unit: string): string | null => (now === null || then === null ? null : `${points(now - then)} ${unit}`),
    days: (now: number | null, then: number | null): string | null =>
      now === null || then === null ? null : `${now > then ? '+' : now < then ? '−' : ''}${days(Math.abs(now - then))}`,
    /** Currency by currency; one that stands on one side only differs by its whole sum. */
    money: (now: readonly Money[], then: readonly Money[]): string | null => {
      const currencies = [...new Set([...now, ...then].map(({ currency }) => currency))];
      const sumOf = (values: readonly Money[], currency: string) => values.find((value) => value.currency === currency)?.amountMinor ?? 0;
      if (currencies.length === 0) return null;
      return currencies.map((currency) => money({ amountMinor: sumOf(now, currency) - sumOf(then, currency), currency }, 'exceptZero')).join(', ');
    },
  };
}
