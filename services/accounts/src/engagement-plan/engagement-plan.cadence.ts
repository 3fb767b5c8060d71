import { CADENCE_LEVELS, type CadenceLevel, type DateOnly, type EngagementPlanEvent, type PauseGround, type Tier } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { addDays, type BusinessCalendar, endOfBusinessDay, nextBusinessDay, startOfDay } from '@keyfold/platform';
import { type ArmedInterval, type EngagementPlan, isIn, withoutOne } from './engagement-plan.aggregate.js';

/** What due days follow from, on a day. */
export interface CadenceRules {
  /** False for an account that is closed, withdrawn or not known: nothing is due on it. */
  readonly active: boolean;
  readonly tier: Tier | null;
  /** Calendar days by the policy of the day, for the tier; null: nothing is due. */
  readonly days: { readonly [Level in CadenceLevel]: number | null };
  readonly calendar: BusinessCalendar;
  /** Where the client is. */
  readonly today: DateOnly;
}

/** Arms what ought to be due and disarms what ought not; an interval that is as it should be is left alone. */
export function arm(plan: EngagementPlan, rules: CadenceRules): EngagementPlanEvent[] {
  return plan.pause ? [] : CADENCE_LEVELS.flatMap((level) => armLevel(plan, level, rules));
}

/** The account's own cadence of a level, from a day on; null: that of the policy again. */
export function setCadence(
  plan: EngagementPlan,
  facts: { level: CadenceLevel; intervalDays: number | null; reason: string },
  since: DateOnly,
  rules: CadenceRules,
): EngagementPlanEvent[] {
  const { level, intervalDays } = facts;
  if (plan.ownDays[level] === intervalDays) return [];
  const changed = { ...plan, ownDays: { ...plan.ownDays, [level]: intervalDays }, armed: { ...plan.armed, [level]: null } };
  const set: EngagementPlanEvent = { type: 'accounts.engagement-plan.cadence-set', data: facts, occurredAt: new Date(startOfDay(since, rules.calendar.timeZone)).toISOString() };
  const days = daysOf(changed, level, rules);
  if (plan.pause || days === null) return [set, ...(plan.armed[level] ? [disarmed(level)] : [])];
  return [set, armed(intervalOf(level, days, since, rules))];
}

export function pause(plan: EngagementPlan, facts: { ground: PauseGround; reason: string; resumesOn: DateOnly | null }, { calendar, today }: CadenceRules): EngagementPlanEvent[] {
  const { resumesOn } = facts;
  if (resumesOn !== null && resumesOn <= today) throw new DomainError('cadence-pause-over');
  if (plan.pause && plan.pause.resumesOn === resumesOn) return [];
  const resumesAt = resumesOn === null ? null : new Date(startOfDay(resumesOn, calendar.timeZone)).toISOString();
  return [{ type: 'accounts.engagement-plan.cadence-paused', data: { ...facts, resumesAt } }];
}

/** Everything is due anew, counted from today. */
export function resume(plan: EngagementPlan, rules: CadenceRules): EngagementPlanEvent[] {
  if (!plan.pause) return [];
  return [{ type: 'accounts.engagement-plan.cadence-resumed', data: {} }, ...arm({ ...plan, pause: null }, rules)];
}

/**
 * The due day of a level is over: was it kept? The next interval begins with the last touch within this one, or where this one ended.
 * An interval that was moved meanwhile is not judged.
 */
export function judge(plan: EngagementPlan, { level, dueOn }: { level: CadenceLevel; dueOn: DateOnly }, rules: CadenceRules): EngagementPlanEvent[] {
  const interval = plan.armed[level];
  if (interval?.dueOn !== dueOn) return [];
  if (!rules.active) return [disarmed(level)];
  const { tier, since, dueAt } = interval;
  const touchedOn = plan.touchDays[level].findLast((day) => isIn(interval, day));
  const verdict: EngagementPlanEvent =
    touchedOn === undefined
      ? { type: 'accounts.engagement-plan.cadence-missed', data: { level, tier, since, dueOn }, occurredAt: dueAt }
      : { type: 'accounts.engagement-plan.cadence-kept', data: { level, tier, since, dueOn, touchedOn }, occurredAt: dueAt };
  const days = daysOf(plan, level, rules);
  return [verdict, days === null ? disarmed(level) : armed(intervalAfter(interval, days, touchedOn ?? dueOn, rules))];
}

/** A contact that was logged late has kept the intervals in which it took place. */
export function keptAfterAll(plan: EngagementPlan, levels: readonly CadenceLevel[], touchedOn: DateOnly): EngagementPlanEvent[] {
  return plan.missed
    .filter((interval) => levels.includes(interval.level) && isIn(interval, touchedOn))
    .map(({ level, tier, since, dueOn, dueAt, version }) => ({
      type: 'accounts.engagement-plan.cadence-kept',
      data: { level, tier, since, dueOn, touchedOn },
      occurredAt: dueAt,
      supersedes: [version],
    }));
}

/** The intervals that were kept by a contact that is taken back, and by no other one: nor by what takes its place, on `instead`. */
export function missedAfterAll(plan: EngagementPlan, levels: readonly CadenceLevel[], touchedOn: DateOnly, instead: DateOnly | null): EngagementPlanEvent[] {
  return plan.kept
    .filter((interval) => levels.includes(interval.level) && isIn(interval, touchedOn) && withoutOne(interval.days, touchedOn).length === 0 && !(instead && isIn(interval, instead)))
    .map(({ level, tier, since, dueOn, dueAt, version }) => ({ type: 'accounts.engagement-plan.cadence-missed', data: { level, tier, since, dueOn }, occurredAt: dueAt, supersedes: [version] }));
}

function armLevel(plan: EngagementPlan, level: CadenceLevel, rules: CadenceRules): EngagementPlanEvent[] {
  const current = plan.armed[level];
  const days = daysOf(plan, level, rules);
  if (days === null) return current ? [disarmed(level)] : [];
  if (current?.intervalDays === days && current.tier === rules.tier) return [];
  const last = plan.touchDays[level].at(-1);
  const since = current?.since ?? last;
  const running = since === undefined ? null : intervalOf(level, days, since, rules);
  // What the new cadence would have had due before today is nobody's fault: it counts from today.
  return [armed(running && running.dueOn >= rules.today ? running : intervalOf(level, days, rules.today, rules))];
}

function daysOf({ ownDays }: EngagementPlan, level: CadenceLevel, { active, days }: CadenceRules): number | null {
  return active ? (ownDays[level] ?? days[level]) : null;
}

function intervalOf(level: CadenceLevel, intervalDays: number, since: DateOnly, { tier, calendar }: CadenceRules): ArmedInterval {
  const dueOn = nextBusinessDay(addDays(since, intervalDays), calendar);
  return { level, tier, intervalDays, since, dueOn, dueAt: endOfBusinessDay(dueOn, calendar) };
}

/** Never due on the same day again, which two intervals that end around a weekend would be. */
function intervalAfter(former: ArmedInterval, intervalDays: number, since: DateOnly, rules: CadenceRules): ArmedInterval {
  const next = intervalOf(former.level, intervalDays, since, rules);
  if (next.dueOn > former.dueOn) return next;
  const dueOn = nextBusinessDay(addDays(former.dueOn, 1), rules.calendar);
  return { ...next, dueOn, dueAt: endOfBusinessDay(dueOn, rules.calendar) };
}

const armed = (data: ArmedInterval): EngagementPlanEvent => ({ type: 'accounts.engagement-plan.cadence-armed', data });
const disarmed = (level: CadenceLevel): EngagementPlanEvent => ({ type: 'accounts.engagement-plan.cadence-disarmed', data: { level } });
