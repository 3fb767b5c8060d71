import { type CsrScorecardEvent, csrScorecardContract, type DateOnly, type EngagementPlanEvent, engagementPlanContract, type Footprint } from '@keyfold/contracts';
import { idOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';

export interface FootprintRow {
  readonly id: string;
  readonly accountId: string;
  /** Periods do not overlap. */
  readonly recorded: readonly Footprint[];
  /** Grams of CO2 equivalent of our journeys to the client, by day. */
  readonly travel: Readonly<Record<DateOnly, number>>;
}

/** What a client's business with us leaves behind: what was recorded, and our journeys. */
export const footprintByAccount = projection<FootprintRow, CsrScorecardEvent | EngagementPlanEvent>({
  name: 'footprint-by-account',
  version: 1,
  follows: [csrScorecardContract, engagementPlanContract],
  indexes: [['accountId']],
  rowsOf: (event) => (event.type === 'accounts.csr-scorecard.footprint-recorded' || hasTravel(event) ? [accountOf(event as unknown as RecordedEvent)] : []),
  fold(row, event, id): FootprintRow | null {
    const known = row ?? { id, accountId: id, recorded: [], travel: {} };
    if (event.type === 'accounts.csr-scorecard.footprint-recorded') return { ...known, recorded: [...known.recorded.filter(({ from }) => from !== event.data.from), event.data] };
    if (event.type !== 'accounts.engagement-plan.touchpoint-logged' || event.data.travel === null) return row;
    const { on, travel } = event.data;
    return { ...known, travel: { ...known.travel, [on]: (known.travel[on] ?? 0) + travel.gramsCo2e } };
  },
});

const hasTravel = (event: CsrScorecardEvent | EngagementPlanEvent): boolean => event.type === 'accounts.engagement-plan.touchpoint-logged' && event.data.travel !== null;

const accountOf = ({ type, streamId }: RecordedEvent): string => idOf(type.startsWith('accounts.csr-scorecard.') ? csrScorecardContract : engagementPlanContract, streamId);

export interface FootprintFigures {
  /** Sums of the periods that lie in the window; null: nothing is known. */
  readonly co2eKg: number | null;
  readonly wasteKg: number | null;
  readonly energyKwh: number | null;
  readonly travelCo2eKg: number | null;
  /** Tonnes of CO2 equivalent, journeys included, per million of the client's revenue of a year; for windows of a year. */
  readonly tonnesPerMillion: number | null;
}

/** Figures of a window, whose first and last day are in it; null: open. */
export function footprintOf(row: FootprintRow, { from, to }: { from: DateOnly | null; to: DateOnly | null }, revenueMillions: number | null): FootprintFigures {
  const within = row.recorded.filter((period) => (from === null || period.from >= from) && (to === null || period.to <= to));
  const sumOf = (field: 'co2eKg' | 'wasteKg' | 'energyKwh'): number | null => sum(within.flatMap((period) => period[field] ?? []));
  const grams = sum(Object.entries(row.travel).flatMap(([day, emitted]) => ((from === null || day >= from) && (to === null || day <= to) ? [emitted] : [])));
  const travelCo2eKg = grams === null ? null : grams / 1_000;
  const co2eKg = sumOf('co2eKg');
  const emitted = sum([co2eKg, travelCo2eKg].flatMap((kg) => kg ?? []));
  return { co2eKg, wasteKg: sumOf('wasteKg'), energyKwh: sumOf('energyKwh'), travelCo2eKg, tonnesPerMillion: emitted === null || !revenueMillions ? null : emitted / 1_000 / revenueMillions };
}

const sum = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((total, value) => total + value, 0));
