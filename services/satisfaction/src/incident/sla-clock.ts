import type { Level, Priority, SlaTargets } from '@keyfold/contracts';
import { addDays, dateOf, startOfDay } from '@keyfold/platform';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Business hours end and begin this long before the next midnight (17:00 and 9:00): clocks change at night, before 9. */
const TO_CLOSING = 7 * HOUR;
const TO_OPENING = 15 * HOUR;

/** While the clock runs; `to` null: it still does. Milliseconds since the epoch. */
export interface Interval {
  readonly from: number;
  readonly to: number | null;
}

export interface ClockReading {
  readonly state: 'running' | 'paused' | 'met' | 'breached';
  /** When the target is or was used up; null while a pause leaves that open. */
  readonly dueAt: string | null;
  readonly elapsedMs: number;
  readonly targetMs: number;
}

/** Impact x urgency (domain.md 3.4). */
export function priorityOf(impact: Level, urgency: Level): Priority {
  const weight = { high: 2, medium: 1, low: 0 };
  return (['P4', 'P4', 'P3', 'P2', 'P1'] as const)[weight[impact] + weight[urgency]]!;
}

const RESPONSE_MINUTES: Readonly<Record<Priority, number>> = { P1: 15, P2: 60, P3: 240, P4: 480 };
const RESOLUTION_HOURS: Readonly<Record<Priority, number>> = { P1: 4, P2: 8, P3: 24, P4: 72 };

/** Default targets (domain.md 3.4): P1 around the clock, the others in business hours. Fixed when the incident is reported. */
export const targetsOf = (priority: Priority): SlaTargets => ({
  responseMinutes: RESPONSE_MINUTES[priority],
  resolutionMinutes: RESOLUTION_HOURS[priority] * 60,
  calendar: priority === 'P1' ? '24x7' : 'business-hours',
});

/** Business hours of a date: Monday to Friday, 9 to 17 in the reporting zone; null on a weekend. */
function openingOf(date: string, zone: string): { from: number; to: number } | null {
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  if (weekday === 0 || weekday === 6) return null;
  const midnight = startOfDay(addDays(date, 1), zone);
  return { from: midnight - TO_OPENING, to: midnight - TO_CLOSING };
}

/** Time of the calendar between two instants, in ms. */
export function runningTime(from: number, to: number, calendar: SlaTargets['calendar'], zone: string): number {
  if (to <= from) return 0;
  if (calendar === '24x7') return to - from;
  let total = 0;
  const last = dateOf(to, zone);
  for (let date = dateOf(from, zone); date <= last; date = addDays(date, 1)) {
    const opening = openingOf(date, zone);
    if (opening) total += Math.max(0, Math.min(to, opening.to) - Math.max(from, opening.from));
  }
  return total;
}

/** The instant at which `ms` of the calendar have passed since `from`. */
export function after(from: number, ms: number, calendar: SlaTargets['calendar'], zone: string): number {
  if (calendar === '24x7') return from + ms;
  let left = ms;
  for (let date = dateOf(from, zone); ; date = addDays(date, 1)) {
    const opening = openingOf(date, zone);
    if (!opening) continue;
    const start = Math.max(from, opening.from);
    const available = Math.max(0, opening.to - start);
    if (left <= available) return start + left;
    left -= available;
  }
}

/** Reads a clock that ran in `intervals` (in order) and has stopped for good when `stopped`. */
export function readClock(
  intervals: readonly Interval[],
  stopped: boolean,
  { minutes, calendar }: { minutes: number; calendar: SlaTargets['calendar'] },
  { now, zone }: { now: number; zone: string },
): ClockReading {
  const targetMs = minutes * MINUTE;
  let elapsedMs = 0;
  let dueAt: number | null = null;
  for (const { from, to } of intervals) {
    const ran = runningTime(from, to ?? now, calendar, zone);
    if (dueAt === null && (to === null || elapsedMs + ran >= targetMs)) dueAt = after(from, targetMs - elapsedMs, calendar, zone);
    elapsedMs += ran;
  }
  const running = intervals.at(-1)?.to === null;
  const state = elapsedMs > targetMs ? 'breached' : stopped ? 'met' : running ? 'running' : 'paused';
  return { state, dueAt: dueAt === null ? null : new Date(dueAt).toISOString(), elapsedMs, targetMs };
}
