import type { Money } from '@keyfold/contracts';

export interface Share {
  readonly id: string;
  readonly name: string;
  readonly value: Money;
  /** Per cent of the whole. */
  readonly share: number;
  /** Per cent that this one and all larger ones have together. */
  readonly cumulative: number;
}

export interface Concentration {
  readonly total: Money;
  /** Clients with any value. */
  readonly clients: number;
  /** Per cent that the largest have. */
  readonly top: { readonly one: number; readonly five: number; readonly ten: number };
  /** Herfindahl-Hirschman index, sum of the squared shares x 10 000: 10 000 is one client alone. */
  readonly hhi: number;
  /** Largest first. */
  readonly curve: readonly Share[];
}

const CURVE = 100;

/** How much of the value comes from how few (domain.md 3.17). Null without value, and over several currencies, which have no common whole. */
export function concentration(values: readonly { readonly id: string; readonly name: string; readonly values: readonly Money[] }[]): Concentration | null {
  const currencies = new Set(values.flatMap((client) => client.values.map(({ currency }) => currency)));
  if (currencies.size !== 1) return null;
  const currency = [...currencies][0]!;
  const clients = values
    .map(({ id, name, values: own }) => ({ id, name, amountMinor: own.reduce((sum, { amountMinor }) => sum + amountMinor, 0) }))
    .filter(({ amountMinor }) => amountMinor > 0)
    .sort((a, b) => b.amountMinor - a.amountMinor || (a.id < b.id ? -1 : 1));
  const whole = clients.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (whole === 0) return null;
  const upTo = (count: number): number => (clients.slice(0, count).reduce((sum, { amountMinor }) => sum + amountMinor, 0) / whole) * 100;
  return {
    total: { amountMinor: whole, currency },
    clients: clients.length,
    top: { one: upTo(1), five: upTo(5), ten: upTo(10) },
    hhi: clients.reduce((sum, { amountMinor }) => sum + (amountMinor / whole) ** 2, 0) * 10_000,
    curve: clients.slice(0, CURVE).map(({ id, name, amountMinor }, i) => ({ id, name, value: { amountMinor, currency }, share: (amountMinor / whole) * 100, cumulative: upTo(i + 1) })),
  };
}
