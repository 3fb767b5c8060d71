import { CADENCE_LEVELS, type CadenceLevel, type DateOnly, type EngagementPlanEvent, engagementPlanContract, type Tier, TIERS } from '@keyfold/contracts';
import { idOf, projection, type RecordedEvent } from '@keyfold/event-sourcing';
import { levelsOf } from './engagement-plan.aggregate.js';

/** An interval whose due day is over. */
export interface JudgedInterval {
  readonly dueOn: DateOnly;
  readonly tier: Tier | null;
  readonly kept: boolean;
}

/** One level of one account. */
export interface CadenceRow {
  readonly id: string;
  readonly accountId: string;
  readonly level: CadenceLevel;
  readonly tier: Tier | null;
  /** What is due, and after which day; null: nothing is. */
  readonly intervalDays: number | null;
  readonly since: DateOnly | null;
  readonly dueOn: DateOnly | null;
  readonly paused: boolean;
  readonly lastTouchOn: DateOnly | null;
  /** The first of the misses that no contact has followed yet. */
  readonly overdueSince: DateOnly | null;
  readonly judged: readonly JudgedInterval[];
  /** The last contacts, in order of their days. */
  readonly touches: readonly { readonly touchpointId: string; readonly on: DateOnly }[];
}

/** Ten years of a weekly cadence. */
const JUDGED_KEPT = 520;
const TOUCHES_KEPT = 100;

/** What each account is owed on each level, and whether it got it (domain.md 3.10). */
export const cadenceCompliance = projection<CadenceRow, EngagementPlanEvent>({
  name: 'cadence-compliance',
  version: 2,
  follows: [engagementPlanContract],
  indexes: [['accountId', 'level'], ['dueOn'], ['overdueSince']],
  rowsOf: (event) => levelsIn(event).map((level) => `${accountOf(event)}-${level}`),
  fold(row, event, id): CadenceRow | null {
    if (!row && event.type === 'accounts.engagement-plan.touchpoint-withdrawn') return null;
    const accountId = accountOf(event);
    const known = row ?? { ...untouched, id, accountId, level: id.slice(accountId.length + 1) as CadenceLevel };
    return withOverdue(folded(known, event));
  },
});

const untouched = { tier: null, intervalDays: null, since: null, dueOn: null, paused: false, lastTouchOn: null, overdueSince: null, judged: [], touches: [] };

function levelsIn(event: EngagementPlanEvent): readonly CadenceLevel[] {
  if (event.type === 'accounts.engagement-plan.touchpoint-logged') return levelsOf(event.data);
  // What is taken back was imported, and an import knows no reviews.
  if (event.type === 'accounts.engagement-plan.touchpoint-withdrawn') return ['operational'];
  if (event.type === 'accounts.engagement-plan.cadence-paused' || event.type === 'accounts.engagement-plan.cadence-resumed') return CADENCE_LEVELS;
  return event.type.startsWith('accounts.engagement-plan.cadence-') && 'level' in event.data ? [event.data.level as CadenceLevel] : [];
}

function folded(row: CadenceRow, event: EngagementPlanEvent): CadenceRow {
  switch (event.type) {
    case 'accounts.engagement-plan.touchpoint-logged':
      return touchedBy(row, [...row.touches, { touchpointId: event.data.touchpointId, on: event.data.on }].sort((a, b) => (a.on < b.on ? -1 : 1)).slice(-TOUCHES_KEPT));
    case 'accounts.engagement-plan.touchpoint-withdrawn':
      return touchedBy(row, row.touches.filter(({ touchpointId }) => touchpointId !== event.data.touchpointId));
    case 'accounts.engagement-plan.cadence-armed': {
      const { tier, intervalDays, since, dueOn } = event.data;
      return { ...row, tier, intervalDays, since, dueOn };
    }
    case 'accounts.engagement-plan.cadence-disarmed':
      return { ...row, ...nothingDue };
    case 'accounts.engagement-plan.cadence-kept':
      return { ...row, judged: judgedWith(row.judged, { dueOn: event.data.dueOn, tier: event.data.tier, kept: true }) };
    case 'accounts.engagement-plan.cadence-missed':
      return { ...row, judged: judgedWith(row.judged, { dueOn: event.data.dueOn, tier: event.data.tier, kept: false }) };
    case 'accounts.engagement-plan.cadence-paused':
      return { ...row, ...nothingDue, paused: true };
    case 'accounts.engagement-plan.cadence-resumed':
      return { ...row, paused: false };
    default:
      return row;
  }
}

const touchedBy = (row: CadenceRow, touches: CadenceRow['touches']): CadenceRow => ({ ...row, touches, lastTouchOn: touches.at(-1)?.on ?? null });

const nothingDue = { intervalDays: null, since: null, dueOn: null };

/** One verdict per due day: the last one. */
const judgedWith = (judged: readonly JudgedInterval[], verdict: JudgedInterval): readonly JudgedInterval[] =>
  judged.some(({ dueOn }) => dueOn === verdict.dueOn) ? judged.map((one) => (one.dueOn === verdict.dueOn ? verdict : one)) : [...judged, verdict].slice(-JUDGED_KEPT);

function withOverdue(row: CadenceRow): CadenceRow {
  const misses = row.judged.slice(row.judged.findLastIndex(({ kept }) => kept) + 1);
  const last = misses.at(-1);
  const isOverdue = last !== undefined && (row.lastTouchOn === null || row.lastTouchOn <= last.dueOn);
  return { ...row, overdueSince: isOverdue ? misses[0]!.dueOn : null };
}

const accountOf = ({ streamId }: Pick<RecordedEvent, 'streamId'>): string => idOf(engagementPlanContract, streamId);

/** Touches due are the intervals that ended from `from` on and before `to`; touches done are those of them that were kept. Null per cent: none was due. */
export function complianceOf(rows: readonly CadenceRow[], { from, to }: { from: DateOnly | null; to: DateOnly | null }): Compliance[] {
  const judged = rows.flatMap(({ level, judged: intervals }) => intervals.map((interval) => ({ level, ...interval }))).filter(({ dueOn }) => (from === null || dueOn >= from) && (to === null || dueOn < to));
  return CADENCE_LEVELS.flatMap((level) =>
    [...TIERS, null].map((tier) => {
      const due = judged.filter((one) => one.level === level && one.tier === tier);
      const kept = due.filter((one) => one.kept).length;
      return { level, tier, due: due.length, kept, percent: due.length === 0 ? null : (100 * kept) / due.length };
    }),
  );
}

export interface Compliance {
  readonly level: CadenceLevel;
  /** Of the account when the interval began; null: an account of no tier with a cadence of its own. */
  readonly tier: Tier | null;
  readonly due: number;
  readonly kept: number;
  readonly percent: number | null;
}
