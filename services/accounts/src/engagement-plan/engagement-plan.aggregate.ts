import {
  CADENCE_LEVELS,
  type CadenceInterval,
  type CadenceLevel,
  type DateOnly,
  type EngagementPlanEvent,
  engagementPlanContract,
  isTouch,
  type ReviewLevel,
  type Touchpoint,
} from '@keyfold/contracts';
import { decider } from '@keyfold/event-sourcing';
import { evolveMeetings } from './engagement-plan.meetings.js';

export interface ArmedInterval extends CadenceInterval {
  readonly intervalDays: number;
  readonly dueAt: string;
}

export interface MissedInterval extends CadenceInterval {
  readonly dueAt: string;
  /** Of the event that said so. */
  readonly version: number;
}

type PerLevel<Value> = { readonly [Level in CadenceLevel]: Value };

export interface EngagementPlan {
  /** Calendar days of the account's own cadences; null: the policy's. */
  readonly ownDays: PerLevel<number | null>;
  readonly armed: PerLevel<ArmedInterval | null>;
  /** Days with a touch since the interval of the level began, in order; the last one before it where there is none. */
  readonly touchDays: PerLevel<readonly DateOnly[]>;
  /** The last ones, which a contact logged late may turn out to have kept. */
  readonly missed: readonly MissedInterval[];
  readonly pause: { readonly resumesOn: DateOnly | null } | null;
  /** The last touchpoints, and what tells them from others. */
  readonly logged: readonly { readonly touchpointId: string; readonly identity: string }[];
  readonly reviews: Readonly<Record<string, Review>>;
  /** Decisions, and what was said last. */
  readonly said: Said;
  readonly followUps: Readonly<Record<string, FollowUp>>;
}

export interface Review {
  readonly level: ReviewLevel;
  /** When it is to be, or was. */
  readonly at: string;
  readonly state: 'scheduled' | 'held' | 'cancelled';
}

export interface Said {
  /** Title and day of each decision, by id. */
  readonly decisions: Readonly<Record<string, string>>;
  readonly minutes: string | null;
  readonly announcement: string | null;
}

export interface FollowUp {
  readonly title: string;
  readonly ownerId: string;
  readonly dueOn: DateOnly;
  readonly state: 'open' | 'done' | 'dropped';
}

const MISSED_KEPT = 60;
const LOGGED_KEPT = 100;

const perLevel = <Value>(value: Value): PerLevel<Value> => ({ operational: value, 'business-review': value, 'executive-review': value });

export const engagementPlan = decider<EngagementPlan, EngagementPlanEvent>({
  contract: engagementPlanContract,
  snapshotVersion: 1,
  initial: {
    ownDays: perLevel(null),
    armed: perLevel(null),
    touchDays: perLevel([]),
    missed: [],
    pause: null,
    logged: [],
    reviews: {},
    said: { decisions: {}, minutes: null, announcement: null },
    followUps: {},
  },
  evolve(plan, fact): EngagementPlan {
    switch (fact.type) {
      case 'accounts.engagement-plan.touchpoint-logged':
        return touched(plan, fact.data, fact.occurredAt);
      case 'accounts.engagement-plan.cadence-set':
        return { ...plan, ownDays: { ...plan.ownDays, [fact.data.level]: fact.data.intervalDays } };
      case 'accounts.engagement-plan.cadence-armed': {
        const { level, since } = fact.data;
        return { ...plan, armed: { ...plan.armed, [level]: fact.data }, touchDays: { ...plan.touchDays, [level]: daysFrom(plan.touchDays[level], since) } };
      }
      case 'accounts.engagement-plan.cadence-disarmed':
        return { ...plan, armed: { ...plan.armed, [fact.data.level]: null } };
      case 'accounts.engagement-plan.cadence-kept':
        return { ...plan, missed: plan.missed.filter(({ version }) => !fact.supersedes.includes(version)) };
      case 'accounts.engagement-plan.cadence-missed':
        return { ...plan, missed: [...plan.missed, { ...fact.data, dueAt: fact.occurredAt, version: fact.version }].slice(-MISSED_KEPT) };
      case 'accounts.engagement-plan.cadence-paused':
        return { ...plan, armed: perLevel(null), pause: { resumesOn: fact.data.resumesOn } };
      case 'accounts.engagement-plan.cadence-resumed':
        return { ...plan, pause: null };
      default:
        return evolveMeetings(plan, fact);
    }
  },
});

/** Levels that a contact counts for. Every touch is an operational one; a review also is what the cadence of its level asks for. */
export function levelsOf({ kind, review }: Pick<Touchpoint, 'kind' | 'review'>): readonly CadenceLevel[] {
  if (!isTouch(kind)) return [];
  return CADENCE_LEVELS.filter((level) => level === 'operational' || level === review?.level);
}

/** Two contacts that agree in this are the same one, said twice. */
export const identityOf = ({ kind, review, direction, stakeholderIds, memberIds }: Touchpoint, occurredAt: string): string =>
  [occurredAt, kind, review?.level ?? '-', direction, ...[...stakeholderIds].sort(), '-', ...[...memberIds].sort()].join(' ');

function touched(plan: EngagementPlan, contact: Touchpoint, occurredAt: string): EngagementPlan {
  const touchDays = { ...plan.touchDays };
  for (const level of levelsOf(contact)) touchDays[level] = daysFrom([...new Set([...touchDays[level], contact.on])].sort(), plan.armed[level]?.since ?? null);
  return { ...plan, touchDays, logged: [...plan.logged, { touchpointId: contact.touchpointId, identity: identityOf(contact, occurredAt) }].slice(-LOGGED_KEPT) };
}

/** Days from one on, and at least the last of all. */
function daysFrom(days: readonly DateOnly[], since: DateOnly | null): readonly DateOnly[] {
  return days.filter((day, index) => index === days.length - 1 || (since !== null && day >= since));
}
