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
  type TouchpointKind,
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

export interface KeptInterval extends MissedInterval {
  /** The days of all touches in it. */
  readonly days: readonly DateOnly[];
}

type PerLevel<Value> = { readonly [Level in CadenceLevel]: Value };

export interface EngagementPlan {
  /** Calendar days of the account's own cadences; null: the policy's. */
  readonly ownDays: PerLevel<number | null>;
  readonly armed: PerLevel<ArmedInterval | null>;
  /** The day of each touch since the interval of the level began, in order; the last one before it where there is none. */
  readonly touchDays: PerLevel<readonly DateOnly[]>;
  /** The last ones, which a contact logged late may turn out to have kept. */
  readonly missed: readonly MissedInterval[];
  /** The last ones, which may turn out to have been missed once a contact is taken back. */
  readonly kept: readonly KeptInterval[];
  readonly pause: { readonly resumesOn: DateOnly | null } | null;
  /** The last touchpoints, and what tells them from others. */
  readonly logged: readonly { readonly touchpointId: string; readonly identity: string }[];
  /** Imported touchpoints by id; null: taken back. Each import says all of them again. */
  readonly imported: Readonly<Record<string, ImportedTouchpoint | null>>;
  readonly reviews: Readonly<Record<string, Review>>;
  /** Decisions, and what was said last. */
  readonly said: Said;
  readonly followUps: Readonly<Record<string, FollowUp>>;
}

export interface ImportedTouchpoint {
  /** Of the event that logged it. */
  readonly version: number;
  readonly on: DateOnly;
  readonly kind: TouchpointKind;
  readonly at: string;
  /** Of whom it was a contact that came from them. */
  readonly receivedFrom: readonly string[];
  /** What it says, in short. */
  readonly digest: string;
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

/** Of those that were missed and of those that were kept. */
const INTERVALS_KEPT = 60;
const LOGGED_KEPT = 100;

const perLevel = <Value>(value: Value): PerLevel<Value> => ({ operational: value, 'business-review': value, 'executive-review': value });

export const engagementPlan = decider<EngagementPlan, EngagementPlanEvent>({
  contract: engagementPlanContract,
  snapshotVersion: 3,
  initial: {
    ownDays: perLevel(null),
    armed: perLevel(null),
    touchDays: perLevel([]),
    missed: [],
    kept: [],
    pause: null,
    logged: [],
    imported: {},
    reviews: {},
    said: { decisions: {}, minutes: null, announcement: null },
    followUps: {},
  },
  evolve(plan, fact): EngagementPlan {
    switch (fact.type) {
      case 'accounts.engagement-plan.touchpoint-logged':
        return touched(plan, fact.data, fact);
      case 'accounts.engagement-plan.touchpoint-withdrawn':
        return untouched(plan, fact.data.touchpointId);
      case 'accounts.engagement-plan.cadence-set':
        return { ...plan, ownDays: { ...plan.ownDays, [fact.data.level]: fact.data.intervalDays } };
      case 'accounts.engagement-plan.cadence-armed': {
        const { level, since } = fact.data;
        return { ...plan, armed: { ...plan.armed, [level]: fact.data }, touchDays: { ...plan.touchDays, [level]: daysFrom(plan.touchDays[level], since) } };
      }
      case 'accounts.engagement-plan.cadence-disarmed':
        return { ...plan, armed: { ...plan.armed, [fact.data.level]: null } };
      case 'accounts.engagement-plan.cadence-kept': {
        const { touchedOn, ...interval } = fact.data;
        const days = daysIn(plan.touchDays[interval.level], interval);
        const kept = { ...interval, days: days.includes(touchedOn) ? days : [touchedOn], dueAt: fact.occurredAt, version: fact.version };
        return { ...plan, missed: without(plan.missed, fact.supersedes), kept: [...plan.kept, kept].slice(-INTERVALS_KEPT) };
      }
      case 'accounts.engagement-plan.cadence-missed': {
        const missed = { ...fact.data, dueAt: fact.occurredAt, version: fact.version };
        return { ...plan, missed: [...plan.missed, missed].slice(-INTERVALS_KEPT), kept: without(plan.kept, fact.supersedes) };
      }
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

/** The stakeholders of whom it is a contact that came from them: everybody of theirs who took part in one that the client sought. */
export const receivedFrom = ({ direction, kind, stakeholderIds }: Touchpoint): readonly string[] => (direction === 'in' && isTouch(kind) ? stakeholderIds : []);

/** Two contacts that agree in this are the same one, said twice. */
export const identityOf = ({ kind, review, direction, stakeholderIds, memberIds }: Touchpoint, occurredAt: string): string =>
  [occurredAt, kind, review?.level ?? '-', direction, ...[...stakeholderIds].sort(), '-', ...[...memberIds].sort()].join(' ');

/** 53 bits over what a contact says: two that differ in it are told apart for less than a state has room for. The run that says it is not what it says. */
export function digestOf({ touchpointId: _id, provenance: _provenance, ...said }: Touchpoint, occurredAt: string): string {
  const text = JSON.stringify([occurredAt, ...Object.entries(said).sort(([a], [b]) => (a < b ? -1 : 1))]);
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    high = Math.imul(high ^ text.charCodeAt(at), 2_654_435_761);
    low = Math.imul(low ^ text.charCodeAt(at), 1_597_334_677);
  }
  return (4_294_967_296 * (2_097_151 & low) + (high >>> 0)).toString(36);
}

function touched(plan: EngagementPlan, contact: Touchpoint, { occurredAt, version }: { occurredAt: string; version: number }): EngagementPlan {
  const touchDays = { ...plan.touchDays };
  const levels = levelsOf(contact);
  for (const level of levels) touchDays[level] = daysFrom([...touchDays[level], contact.on].sort(), plan.armed[level]?.since ?? null);
  const kept = plan.kept.map((interval) => (levels.includes(interval.level) && isIn(interval, contact.on) ? { ...interval, days: [...interval.days, contact.on].sort() } : interval));
  const { touchpointId, on, kind, provenance } = contact;
  const said = { version, on, kind, at: occurredAt, receivedFrom: receivedFrom(contact), digest: digestOf(contact, occurredAt) };
  const imported = provenance ? { ...plan.imported, [touchpointId]: said } : plan.imported;
  return { ...plan, touchDays, kept, imported, logged: [...plan.logged, { touchpointId: contact.touchpointId, identity: identityOf(contact, occurredAt) }].slice(-LOGGED_KEPT) };
}

function untouched(plan: EngagementPlan, touchpointId: string): EngagementPlan {
  const known = importedOf(plan, touchpointId);
  if (!known) return plan;
  const touchDays = { ...plan.touchDays };
  const levels = levelsOf({ kind: known.kind, review: null });
  for (const level of levels) touchDays[level] = withoutOne(touchDays[level], known.on);
  const kept = plan.kept.map((interval) => (levels.includes(interval.level) ? { ...interval, days: withoutOne(interval.days, known.on) } : interval));
  return { ...plan, touchDays, kept, imported: { ...plan.imported, [touchpointId]: null }, logged: plan.logged.filter((one) => one.touchpointId !== touchpointId) };
}

/** A contact of that day keeps it. */
export const isIn = ({ since, dueOn }: CadenceInterval, day: DateOnly): boolean => day > since && day <= dueOn;

export const daysIn = (days: readonly DateOnly[], interval: CadenceInterval): readonly DateOnly[] => days.filter((day) => isIn(interval, day));

const without = <One extends { readonly version: number }>(list: readonly One[], versions: readonly number[]): readonly One[] => list.filter(({ version }) => !versions.includes(version));

export function withoutOne(days: readonly DateOnly[], day: DateOnly): readonly DateOnly[] {
  const at = days.indexOf(day);
  return at === -1 ? days : days.toSpliced(at, 1);
}

/** Undefined for one that was never imported, null for one that was taken back. */
export const importedOf = ({ imported }: EngagementPlan, touchpointId: string): ImportedTouchpoint | null | undefined => (Object.hasOwn(imported, touchpointId) ? imported[touchpointId] : undefined);

/** Days from one on, and at least the last of all. */
function daysFrom(days: readonly DateOnly[], since: DateOnly | null): readonly DateOnly[] {
  return days.filter((day, index) => index === days.length - 1 || (since !== null && day >= since));
}
