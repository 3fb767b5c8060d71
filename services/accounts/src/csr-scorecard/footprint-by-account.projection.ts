import { type CsrScorecardEvent, csrScorecardContract, type DateOnly, type EngagementPlanEvent, engagementPlanContract, type Footprint } from '@keyfold/contracts';
import { idOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { daysBetween } from '@keyfold/platform';

export interface FootprintRow {
  readonly id: string;
  readonly accountId: string;
  /** Periods do not overlap. */
  readonly recorded: readonly Footprint[];
  /** Our journeys to the client, by the contact that each was for. */
  readonly journeys: Readonly<Record<string, { readonly on: DateOnly; readonly gramsCo2e: number }>>;
}

/** What a client's business with us leaves behind: what was recorded, and our journeys. */
export const footprintByAccount = projection<FootprintRow, CsrScorecardEvent | EngagementPlanEvent>({
  name: 'footprint-by-account',
  version: 2,
  follows: [csrScorecardContract, engagementPlanContract],
  indexes: [['accountId']],
  rowsOf: (event) => (event.type === 'accounts.csr-scorecard.footprint-recorded' || isOfTravel(event) ? [accountOf(event as unknown as RecordedEvent)] : []),
  fold(row, event, id): FootprintRow | null {
    const known = row ?? { id, accountId: id, recorded: [], journeys: {} };
    if (event.type === 'accounts.csr-scorecard.footprint-recorded') return { ...known, recorded: [...known.recorded.filter(({ from }) => from !== event.data.from), event.data] };
    if (event.type === 'accounts.engagement-plan.touchpoint-withdrawn') {
      const { [event.data.touchpointId]: _withdrawn, ...journeys } = known.journeys;
      return row && { ...row, journeys };
    }
    if (event.type !== 'accounts.engagement-plan.touchpoint-logged' || event.data.travel === null) return row;
    const { touchpointId, on, travel } = event.data;
    return { ...known, journeys: { ...known.journeys, [touchpointId]: { on, gramsCo2e: travel.gramsCo2e } } };
  },
});

const isOfTravel = (event: CsrScorecardEvent | EngagementPlanEvent): boolean =>
  event.type === 'accounts.engagement-plan.touchpoint-withdrawn' || (event.type === 'accounts.engagement-plan.touchpoint-logged' && event.data.travel !== null);

const accountOf = ({ type, streamId }: RecordedEvent): string => idOf(type.startsWith('accounts.csr-scorecard.') ? csrScorecardContract : engagementPlanContract, streamId);

export interface FootprintFigures {
  /** Sums of the periods that lie in the window; null: nothing is known. */
  readonly co2eKg: number | null;
  readonly wasteKg: number | null;
  readonly energyKwh: number | null;
  readonly travelCo2eKg: number | null;
  /** Tonnes of CO2 equivalent, journeys included, per million of the client's revenue of a year; null for windows that are no year. */
  readonly tonnesPerMillion: number | null;
}

/** Figures of a window, whose first and last day are in it; null: open. */
export function footprintOf(row: FootprintRow, { from, to }: { from: DateOnly | null; to: DateOnly | null }, revenueMillions: number | null): FootprintFigures {
  const within = row.recorded.filter((period) => (from === null || period.from >= from) && (to === null || period.to <= to));
  const sumOf = (field: 'co2eKg' | 'wasteKg' | 'energyKwh'): number | null => sum(within.flatMap((period) => period[field] ?? []));
  const grams = sum(Object.values(row.journeys).flatMap(({ on, gramsCo2e }) => ((from === null || on >= from) && (to === null || on <= to) ? [gramsCo2e] : [])));
  const travelCo2eKg = grams === null ? null : grams / 1_000;
  const co2eKg = sumOf('co2eKg');
  const emitted = sum([co2eKg, travelCo2eKg].flatMap((kg) => kg ?? []));
  return { co2eKg, wasteKg: sumOf('wasteKg'), energyKwh: sumOf('energyKwh'), travelCo2eKg, tonnesPerMillion: emitted === null || !revenueMillions || !isYear(from, to) ? null : emitted / 1_000 / revenueMillions };
}

const isYear = (from: DateOnly | null, to: DateOnly | null): boolean => from !== null && to !== null && [365, 366].includes(daysBetween(from, to) + 1);

const sum = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((total, value) => total + value, 0));
