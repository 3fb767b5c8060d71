import { defineContract, type DomainEvent, upcastFrom } from '@keyfold/event-sourcing';
import type { DateOnly, Instant, Provenance } from '../common.js';
import type { Tier } from './key-account.events.js';
import type { Language } from './stakeholder.events.js';

/** What an account is owed regularly (domain.md 3.10): any contact at all, a business review (QBR), a review with the executives. */
export const CADENCE_LEVELS = ['operational', 'business-review', 'executive-review'] as const;
export type CadenceLevel = (typeof CADENCE_LEVELS)[number];

/** A review that is held; it is what the cadence of its level asks for. */
export const REVIEW_LEVELS = ['business-review', 'executive-review'] as const;
export type ReviewLevel = (typeof REVIEW_LEVELS)[number];

export const TOUCHPOINT_KINDS = ['visit', 'review', 'meeting', 'call', 'mail', 'mass-mail'] as const;
export type TouchpointKind = (typeof TOUCHPOINT_KINDS)[number];

/** A mass mail is kept for the record, and is no touch (domain.md 3.10). */
export const isTouch = (kind: TouchpointKind): boolean => kind !== 'mass-mail';

export const TRAVEL_MEANS = ['plane', 'train', 'car'] as const;
export type TravelMeans = (typeof TRAVEL_MEANS)[number];

/** `km`: there and back, of all travellers together. `gramsCo2e`: by the emissions policy of the day of the journey. */
export interface Travel {
  readonly means: TravelMeans;
  /** @asType integer */
  readonly km: number;
  /** @asType integer */
  readonly gramsCo2e: number;
}

/** A contact with the client. */
export interface Touchpoint {
  readonly touchpointId: string;
  /** The date of it where the client is (calendar policy of the account's country). */
  readonly on: DateOnly;
  readonly kind: TouchpointKind;
  /** Who sought the contact: the client (in) or we (out). */
  readonly direction: 'in' | 'out';
  readonly stakeholderIds: readonly string[];
  readonly memberIds: readonly string[];
  readonly note: string | null;
  readonly travel: Travel | null;
  /** The business review that it was. */
  readonly review: { readonly reviewId: string; readonly level: ReviewLevel } | null;
  /** Why it is logged more than 90 days late. */
  readonly reason: string | null;
  /** Null where it was not imported. */
  readonly provenance: Provenance | null;
}

/** Version 1 of `touchpoint-logged` did not say where an imported contact came from: none was imported. */
type TouchpointLoggedV1 = Omit<Touchpoint, 'provenance'>;

/** Version 1 of `touchpoint-withdrawn` did not say whose contact it was. */
interface TouchpointWithdrawnV1 {
  readonly touchpointId: string;
  readonly reason: string;
}

/** Stakeholders of whom the contact at that instant did not come after all; none where it came from us, or what takes its place says the same. */
interface ContactNotReceived {
  readonly receivedFrom: readonly string[];
  readonly receivedAt: Instant | null;
}

/** Why a client is left in peace. */
export const PAUSE_GROUNDS = ['client-declined', 'quiet-period'] as const;
export type PauseGround = (typeof PAUSE_GROUNDS)[number];

/**
 * Calendar days.
 * @asType integer
 */
type Days = number;

/** A contact is due after `since`, by the end of `dueOn`, which is a business day where the client is. */
export interface CadenceInterval {
  readonly level: CadenceLevel;
  /** Of the account when the interval began. */
  readonly tier: Tier | null;
  readonly since: DateOnly;
  readonly dueOn: DateOnly;
}

/** Who was, or will be, at a review. */
export interface Attendance {
  readonly stakeholderIds: readonly string[];
  readonly memberIds: readonly string[];
}

/** Whose decision it was. */
export const DECIDERS = ['client', 'us', 'together'] as const;
export type DecidedBy = (typeof DECIDERS)[number];

export const AUDIENCES = ['account-team', 'company', 'client'] as const;
export type Audience = (typeof AUDIENCES)[number];

// These shapes are the storage and wire format: a change needs a new schema version and an upcaster.
export type EngagementPlanEvent =
  /** Occurs when the contact took place. */
  | DomainEvent<'accounts.engagement-plan.touchpoint-logged', Touchpoint>
  /** An import of it is taken back, or says it otherwise by now: supersedes it. An interval that nothing else has kept was missed after all. */
  | DomainEvent<'accounts.engagement-plan.touchpoint-withdrawn', TouchpointWithdrawnV1 & ContactNotReceived>
  /** The account's own cadence of a level from the day on which it occurs; null: that of the policy again. */
  | DomainEvent<'accounts.engagement-plan.cadence-set', { level: CadenceLevel; intervalDays: Days | null; reason: string }>
  /** `dueAt`: the last instant of `dueOn` where the client is. A level has one interval at a time; the last one armed counts. */
  | DomainEvent<'accounts.engagement-plan.cadence-armed', CadenceInterval & { intervalDays: Days; dueAt: Instant }>
  /** Nothing is due on this level any more: no tier and no cadence of its own, or the account is closed. */
  | DomainEvent<'accounts.engagement-plan.cadence-disarmed', { level: CadenceLevel }>
  /** Occurs at the end of the due day, and so does `cadence-missed`. Supersedes the miss where the contact was logged afterwards. */
  | DomainEvent<'accounts.engagement-plan.cadence-kept', CadenceInterval & { touchedOn: DateOnly }>
  /** Supersedes the verdict that it was kept where the contact was taken back afterwards. */
  | DomainEvent<'accounts.engagement-plan.cadence-missed', CadenceInterval>
  /** Nothing is due until `resumesOn`; null: until somebody resumes it. */
  | DomainEvent<'accounts.engagement-plan.cadence-paused', { ground: PauseGround; reason: string; resumesOn: DateOnly | null; resumesAt: Instant | null }>
  | DomainEvent<'accounts.engagement-plan.cadence-resumed', Record<string, never>>
  | DomainEvent<'accounts.engagement-plan.business-review-scheduled', Attendance & { reviewId: string; level: ReviewLevel; at: Instant; agenda: string | null }>
  | DomainEvent<'accounts.engagement-plan.business-review-rescheduled', { reviewId: string; at: Instant; reason: string }>
  | DomainEvent<'accounts.engagement-plan.business-review-cancelled', { reviewId: string; reason: string }>
  /** Occurs when it was held. The contact that it was is logged beside it. */
  | DomainEvent<'accounts.engagement-plan.business-review-held', Attendance & { reviewId: string; level: ReviewLevel }>
  /** Of a review or of any other contact, by its id. Published again in the same language they replace what was there. */
  | DomainEvent<'accounts.engagement-plan.minutes-published', { meetingId: string; language: Language; text: string }>
  /** `meetingId`: where it was made; null: elsewhere. `replacesId`: the decision that no longer holds. Occurs on the day on which it was made. */
  | DomainEvent<'accounts.engagement-plan.decision-recorded', { decisionId: string; meetingId: string | null; decidedBy: DecidedBy; title: string; detail: string | null; replacesId: string | null }>
  /** `mentionedIds`: members who ought to read it. */
  | DomainEvent<'accounts.engagement-plan.announcement-posted', { announcementId: string; audience: Audience; language: Language; title: string; text: string; mentionedIds: readonly string[] }>
  /** What somebody of ours promised to do, by a day. */
  | DomainEvent<'accounts.engagement-plan.follow-up-agreed', { followUpId: string; meetingId: string | null; title: string; ownerId: string; dueOn: DateOnly }>
  | DomainEvent<'accounts.engagement-plan.follow-up-done', { followUpId: string; note: string | null }>
  | DomainEvent<'accounts.engagement-plan.follow-up-dropped', { followUpId: string; reason: string }>;

/** One stream per account, under the account's id. */
export const engagementPlanContract = defineContract<EngagementPlanEvent>({
  service: 'accounts',
  name: 'engagement-plan',
  streamPrefix: 'engagement',
  events: {
    'accounts.engagement-plan.touchpoint-logged': { version: 2, upcast: upcastFrom<TouchpointLoggedV1>().to<Touchpoint>((v1) => ({ ...v1, provenance: null })) },
    'accounts.engagement-plan.touchpoint-withdrawn': {
      version: 2,
      upcast: upcastFrom<TouchpointWithdrawnV1>().to<TouchpointWithdrawnV1 & ContactNotReceived>((v1) => ({ ...v1, receivedFrom: [], receivedAt: null })),
    },
    'accounts.engagement-plan.cadence-set': { version: 1 },
    'accounts.engagement-plan.cadence-armed': { version: 1 },
    'accounts.engagement-plan.cadence-disarmed': { version: 1 },
    'accounts.engagement-plan.cadence-kept': { version: 1 },
    'accounts.engagement-plan.cadence-missed': { version: 1 },
    'accounts.engagement-plan.cadence-paused': { version: 1 },
    'accounts.engagement-plan.cadence-resumed': { version: 1 },
    'accounts.engagement-plan.business-review-scheduled': { version: 1 },
    'accounts.engagement-plan.business-review-rescheduled': { version: 1 },
    'accounts.engagement-plan.business-review-cancelled': { version: 1 },
    'accounts.engagement-plan.business-review-held': { version: 1 },
    'accounts.engagement-plan.minutes-published': { version: 1 },
    'accounts.engagement-plan.decision-recorded': { version: 1 },
    'accounts.engagement-plan.announcement-posted': { version: 1 },
    'accounts.engagement-plan.follow-up-agreed': { version: 1 },
    'accounts.engagement-plan.follow-up-done': { version: 1 },
    'accounts.engagement-plan.follow-up-dropped': { version: 1 },
  },
});
