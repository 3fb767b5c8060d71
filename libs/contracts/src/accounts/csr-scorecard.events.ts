import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { DateOnly, Instant, Money } from '../common.js';

export const CSR_PILLARS = ['society', 'economy', 'environment'] as const;
export type CsrPillar = (typeof CSR_PILLARS)[number];

/** What a client is assessed on, and the pillar that it belongs to (domain.md R1-R3). One that is added needs no new version of an event. */
export const CSR_INDICATORS: Readonly<Record<string, CsrPillar>> = {
  'non-discrimination': 'society',
  'equal-pay': 'society',
  'health-at-work': 'society',
  'training-and-mobility': 'society',
  'local-dialogue': 'society',
  sobriety: 'economy',
  'resource-savings': 'economy',
  performance: 'economy',
  efficiency: 'economy',
  ethics: 'economy',
  'greenhouse-gases': 'environment',
  waste: 'environment',
  energy: 'environment',
  'responsible-suppliers': 'environment',
};

/** On what an indicator is judged: what the client says, what it does, what came of it. */
export const CSR_BASES = ['policy', 'action', 'result'] as const;
export type CsrBasis = (typeof CSR_BASES)[number];

/** One question that is answered with points. */
export interface CsrQuestion {
  /** One of CSR_INDICATORS. */
  readonly indicator: string;
  readonly basis: CsrBasis;
}

export const MEDALS = ['platinum', 'gold', 'silver', 'bronze'] as const;
export type Medal = (typeof MEDALS)[number];

/** As EcoVadis publishes it: points of 100. The medal is a percentile of the day of publication and follows from no score, so that it is kept as given. */
export interface ExternalRating {
  readonly overall: number;
  readonly environment: number;
  readonly labourAndHumanRights: number;
  readonly ethics: number;
  readonly sustainableProcurement: number;
  readonly medal: Medal | null;
}

/** From the first day to the last, both in it. */
export interface Period {
  readonly from: DateOnly;
  readonly to: DateOnly;
}

/** What a client's business with us emitted, threw away and used in a period; null = not known. */
export interface Footprint extends Period {
  /** @asType integer */
  readonly co2eKg: number | null;
  /** @asType integer */
  readonly wasteKg: number | null;
  /** @asType integer */
  readonly energyKwh: number | null;
  readonly source: string;
}

/** What serving a client cost us in a period. */
export interface CostToServe extends Period {
  readonly cost: Money;
  readonly hours: number | null;
}

/** What a CSR review is about; `id` is that of the thing in its own service. */
export const CSR_SUBJECTS = ['opportunity', 'bid', 'contract'] as const;
export interface CsrSubject {
  readonly type: (typeof CSR_SUBJECTS)[number];
  readonly id: string;
}

// These shapes are the storage and wire format: a change needs a new schema version and an upcaster.
export type CsrScorecardEvent =
  /** Occurs on the day of the assessment. Points of 100; without evidence they count for nothing. The last one of a question counts. */
  | DomainEvent<'accounts.csr-scorecard.assessment-recorded', CsrQuestion & { pillar: CsrPillar; points: number; comment: string | null }>
  /** `reference`: where the document is found. It speaks for the question until it expires or is withdrawn. */
  | DomainEvent<'accounts.csr-scorecard.evidence-attached', CsrQuestion & { evidenceId: string; title: string; reference: string; validUntil: DateOnly | null }>
  | DomainEvent<'accounts.csr-scorecard.evidence-withdrawn', { evidenceId: string; reason: string }>
  /** Occurs on the day of publication; it holds for 12 months, up to `validUntil` and with it. */
  | DomainEvent<'accounts.csr-scorecard.external-rating-recorded', ExternalRating & { scheme: 'ecovadis'; validUntil: DateOnly }>
  /** Occurs on the day of the promise. `by`: who promised it. `dueAt`: the last instant of `dueOn` where the client is. */
  | DomainEvent<'accounts.csr-scorecard.commitment-made', { commitmentId: string; pillar: CsrPillar; by: 'client' | 'us'; title: string; dueOn: DateOnly; dueAt: Instant }>
  /** Occurs on the day on which it was kept. Supersedes the miss where that is learned afterwards. */
  | DomainEvent<'accounts.csr-scorecard.commitment-kept', { commitmentId: string; evidence: string | null }>
  /** Occurs at the end of the due day. */
  | DomainEvent<'accounts.csr-scorecard.commitment-missed', { commitmentId: string }>
  /** Recorded again for the same period it takes the place of what was there. */
  | DomainEvent<'accounts.csr-scorecard.footprint-recorded', Footprint>
  | DomainEvent<'accounts.csr-scorecard.cost-to-serve-recorded', CostToServe>
  /** A supplier on which the client's business rests; points of 100. Occurs on the day of the rating. */
  | DomainEvent<'accounts.csr-scorecard.supplier-rating-recorded', { supplier: string; points: number; source: string }>
  | DomainEvent<'accounts.csr-scorecard.joint-initiative-launched', { initiativeId: string; pillar: CsrPillar; title: string; goal: string; endsOn: DateOnly | null }>
  | DomainEvent<'accounts.csr-scorecard.joint-initiative-completed', { initiativeId: string; outcome: string; co2eSavedKg: number | null }>
  /** `requestedById`: a member; where no member asked, the subject of the token. */
  | DomainEvent<'accounts.csr-scorecard.csr-review-requested', { reviewId: string; subject: CsrSubject; amount: Money; requestedById: string }>
  /** The subject may go ahead up to the amount that was reviewed. */
  | DomainEvent<'accounts.csr-scorecard.csr-review-passed', { reviewId: string; subject: CsrSubject; amount: Money; note: string | null }>
  /** It may go ahead without having passed. */
  | DomainEvent<'accounts.csr-scorecard.csr-review-waived', { reviewId: string; subject: CsrSubject; amount: Money; reason: string }>;

/** Under this id there is the scorecard of our own company (domain.md R1b): no account has it. */
export const OWN_COMPANY = 'own-company';

/** One stream per account, under the account's id, and one of our own company. */
export const csrScorecardContract = defineContract<CsrScorecardEvent>({
  service: 'accounts',
  name: 'csr-scorecard',
  streamPrefix: 'csr',
  events: {
    'accounts.csr-scorecard.assessment-recorded': { version: 1 },
    'accounts.csr-scorecard.evidence-attached': { version: 1 },
    'accounts.csr-scorecard.evidence-withdrawn': { version: 1 },
    'accounts.csr-scorecard.external-rating-recorded': { version: 1 },
    'accounts.csr-scorecard.commitment-made': { version: 1 },
    'accounts.csr-scorecard.commitment-kept': { version: 1 },
    'accounts.csr-scorecard.commitment-missed': { version: 1 },
    'accounts.csr-scorecard.footprint-recorded': { version: 1 },
    'accounts.csr-scorecard.cost-to-serve-recorded': { version: 1 },
    'accounts.csr-scorecard.supplier-rating-recorded': { version: 1 },
    'accounts.csr-scorecard.joint-initiative-launched': { version: 1 },
    'accounts.csr-scorecard.joint-initiative-completed': { version: 1 },
    'accounts.csr-scorecard.csr-review-requested': { version: 1 },
    'accounts.csr-scorecard.csr-review-passed': { version: 1 },
    'accounts.csr-scorecard.csr-review-waived': { version: 1 },
  },
});
