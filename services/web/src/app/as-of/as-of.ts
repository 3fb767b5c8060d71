import { useCallback, useMemo } from 'react';
import { useSearch, useSearchParams } from 'wouter';

/** The point in time the screen shows. Both null: now. It lives in the address, so that a link shows the same figures to somebody else. */
export interface AsOf {
  /** Business time, a date, inclusive. */
  readonly asOf: string | null;
  /** Log time: only what Keyfold knew at this instant. */
  readonly knownOn: string | null;
  /** A second date to compare with. */
  readonly compare: string | null;
}

const NAMES = ['asOf', 'knownOn', 'compare'] as const;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

export const isDate = (text: string | null): text is string => text !== null && DATE.test(text) && !Number.isNaN(Date.parse(text));
const isInstant = (text: string | null): text is string => text !== null && text.includes('T') && !Number.isNaN(Date.parse(text));

export function readAsOf(params: URLSearchParams): AsOf {
  const [asOf, knownOn, compare] = NAMES.map((name) => params.get(name)) as [string | null, string | null, string | null];
  return { asOf: isDate(asOf) ? asOf : null, knownOn: isInstant(knownOn) ? knownOn : null, compare: isDate(compare) ? compare : null };
}

export function useAsOf() {
  const [params, setParams] = useSearchParams();
  const asOf = useMemo(() => readAsOf(params), [params]);
  const setAsOf = useCallback((change: Partial<AsOf>) => setParams((old) => withParams(old, change)), [setParams]);
  return { ...asOf, isPast: asOf.asOf !== null || asOf.knownOn !== null, setAsOf };
}

/** Query parameters of the reporting service for the shown point in time, and for the one compared with. */
export function useAsOfQuery() {
  const { asOf, knownOn, compare } = useAsOf();
  return { main: { asOf, knownOn }, compared: { asOf: compare, knownOn }, isComparing: compare !== null };
}

/** An address inside the dashboard that keeps the point in time. */
export function useHref(): (path: string, params?: Readonly<Record<string, string>>) => string {
  const search = useSearch();
  return (path, extra = {}) => {
    const params = withParams(new URLSearchParams(extra), { ...readAsOf(new URLSearchParams(search)) });
    return params.size > 0 ? `${path}?${params}` : path;
  };
}

export function withParams(params: URLSearchParams, change: Readonly<Record<string, string | null | undefined>>): URLSearchParams {
  const next = new URLSearchParams(params);
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') next.delete(name);
    else if (value !== undefined) next.set(name, value);
  }
  return next;
}

/** Filters of a screen, kept in the address like the point in time. */
export function useFilter<Name extends string>(...names: readonly Name[]) {
  const [params, setParams] = useSearchParams();
  const values = Object.fromEntries(names.map((name) => [name, params.get(name)])) as Record<Name, string | null>;
  const setFilter = (change: Partial<Record<Name, string | null>>) => setParams((old) => withParams(old, change), { replace: true });
  return { values, setFilter, isFiltered: names.some((name) => params.has(name)) };
}
