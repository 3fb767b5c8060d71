import { defineContract, type DomainEvent } from '@keyfold/event-sourcing';
import type { DateOnly } from '../common.js';

/** What we are to a person at the client, from the least on (domain.md M8). */
export const RELATIONSHIP_LEVELS = ['vendor', 'credible-source', 'problem-solver', 'trusted-advisor'] as const;
export type RelationshipLevel = (typeof RELATIONSHIP_LEVELS)[number];

export const SENTIMENTS = ['very-negative', 'negative', 'neutral', 'positive', 'very-positive'] as const;
export type Sentiment = (typeof SENTIMENTS)[number];

export const INFLUENCE_STRENGTHS = ['weak', 'medium', 'strong'] as const;
export type InfluenceStrength = (typeof INFLUENCE_STRENGTHS)[number];

/** How a champion was lost. */
export const CHAMPION_LOSSES = ['departed', 'changed-sides', 'lost-influence', 'gone-silent'] as const;
export type ChampionLoss = (typeof CHAMPION_LOSSES)[number];

export const RECOGNITIONS = ['client-praise', 'relationship-won', 'champion-developed', 'deal-saved', 'team-play'] as const;
export type Recognition = (typeof RECOGNITIONS)[number];

/** One of ours and one of theirs. */
export interface Pair {
  readonly memberId: string;
  readonly stakeholderId: string;
}

/** A step of a mutual plan: `by` whom, by when. */
export interface MutualStep {
  readonly title: string;
  readonly by: 'us' | 'client';
  readonly dueOn: DateOnly;
}

/** Everything between our people and those of one account. People of other accounts may stand at the far end of a line of influence, and of a reporting line in the same group. */
export type RelationshipMapEvent =
  /**
   * `managerId` null: reports to nobody any more. `claim` is the version of the reservation stream of reporting lines at which the line was claimed: of two lines of one person the
   * later claim counts, in whichever order they arrive here.
   */
  | DomainEvent<'accounts.relationship-map.reporting-line-set', { stakeholderId: string; managerId: string | null; claim: ClaimVersion }>
  | DomainEvent<'accounts.relationship-map.influence-linked', { fromId: string; toId: string; strength: InfluenceStrength }>
  | DomainEvent<'accounts.relationship-map.influence-unlinked', { fromId: string; toId: string }>
  | DomainEvent<'accounts.relationship-map.relationship-assessed', Pair & { current: RelationshipLevel; desired: RelationshipLevel }>
  | DomainEvent<'accounts.relationship-map.sentiment-recorded', Pair & { sentiment: Sentiment }>
  /** An executive of ours and one of theirs look after each other. */
  | DomainEvent<'accounts.relationship-map.sponsor-paired', Pair>
  | DomainEvent<'accounts.relationship-map.sponsor-unpaired', Pair & { reason: string }>
  | DomainEvent<'accounts.relationship-map.champion-identified', { stakeholderId: string }>
  | DomainEvent<'accounts.relationship-map.champion-lost', { stakeholderId: string; loss: ChampionLoss }>
  /** What a champion and we do by when; the last one agreed counts. */
  | DomainEvent<'accounts.relationship-map.mutual-plan-agreed', { stakeholderId: string; steps: readonly MutualStep[] }>
  /** To one of ours, for what was done for the relations to this client. */
  | DomainEvent<'accounts.relationship-map.recognition-given', { memberId: string; recognition: Recognition; reason: string }>
  /** The person departed: assessments, pairings and lines of that person end. */
  | DomainEvent<'accounts.relationship-map.relationships-ended', { stakeholderId: string }>;

/** @asType integer */
type ClaimVersion = number;

/** One stream per account, under the account's id. */
export const relationshipMapContract = defineContract<RelationshipMapEvent>({
  service: 'accounts',
  name: 'relationship-map',
  streamPrefix: 'relmap',
  events: {
    'accounts.relationship-map.reporting-line-set': { version: 1 },
    'accounts.relationship-map.influence-linked': { version: 1 },
    'accounts.relationship-map.influence-unlinked': { version: 1 },
    'accounts.relationship-map.relationship-assessed': { version: 1 },
    'accounts.relationship-map.sentiment-recorded': { version: 1 },
    'accounts.relationship-map.sponsor-paired': { version: 1 },
    'accounts.relationship-map.sponsor-unpaired': { version: 1 },
    'accounts.relationship-map.champion-identified': { version: 1 },
    'accounts.relationship-map.champion-lost': { version: 1 },
    'accounts.relationship-map.mutual-plan-agreed': { version: 1 },
    'accounts.relationship-map.recognition-given': { version: 1 },
    'accounts.relationship-map.relationships-ended': { version: 1 },
  },
});
