/** Rows as the services answer them. `version` is the stream version of the row's aggregate, for If-Match. */

export interface Money {
  readonly amountMinor: number;
  readonly currency: string;
}

export interface Page<Row> {
  readonly items: readonly Row[];
  readonly next: string | null;
  /** The own writes named in the query had not arrived yet. */
  readonly stale: boolean;
}

export const STAGES = ['identified', 'qualified', 'solution', 'proposal', 'negotiation', 'verbal'] as const;
export type Stage = (typeof STAGES)[number];
export const LOSS_REASONS = ['price', 'competitor', 'no-decision', 'scope', 'timing', 'relationship', 'other'] as const;
export type LossReason = (typeof LOSS_REASONS)[number] | 'not-recorded';
export const PRIORITIES = ['P1', 'P2', 'P3', 'P4'] as const;
export type Priority = (typeof PRIORITIES)[number];
export const LEVELS = ['high', 'medium', 'low'] as const;
export type Level = (typeof LEVELS)[number];
export const TIERS = ['A', 'B', 'C'] as const;
export type Tier = (typeof TIERS)[number];
export const PAUSE_REASONS = ['waiting-on-client', 'waiting-on-third-party'] as const;

export interface ClosureBlocker {
  readonly service: 'opportunities' | 'satisfaction';
  readonly code: 'open-items' | 'no-answer';
  readonly open: number;
}

export interface KeyAccount {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly status: 'prospect' | 'targeted' | 'active' | 'dormant' | 'closing' | 'closed' | 'merged';
  readonly tier: Tier | null;
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  /** While the owner's first day is still to come: that day, and whose the account is until then. */
  readonly handover: { readonly on: string; readonly fromOwnerId: string; readonly fromOwnerName: string | null } | null;
  readonly parentId: string | null;
  readonly sector: string | null;
  readonly country: string | null;
  readonly activeSince: string | null;
  readonly closure: { readonly closureId: string; readonly state: 'requested' | 'refused' | 'closed'; readonly blockers: readonly ClosureBlocker[] } | null;
  readonly provenance: { readonly source: string; readonly run: string } | null;
}

export interface TeamMember {
  readonly id: string;
  /** null: the person was erased. */
  readonly name: string | null;
  readonly role: string;
  readonly managerName: string | null;
  readonly region: string | null;
}

export interface Task {
  readonly id: string;
  readonly version: number;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly matter: {
    readonly kind: string;
    readonly params: Readonly<Record<string, string>>;
    readonly subject: { readonly type: 'incident' | 'account' | 'opportunity'; readonly id: string } | null;
  };
  readonly assigneeId: string | null;
  readonly assigneeName: string | null;
  readonly dueAt: string | null;
  readonly state: 'open' | 'done' | 'dismissed';
  readonly raisedAt: string;
  readonly closedAt: string | null;
}

export interface Opportunity {
  readonly id: string;
  readonly version: number;
  readonly name: string;
  readonly accountId: string | null;
  readonly accountName: string | null;
  readonly ownerName: string | null;
  readonly offeringName: string | null;
  readonly motion: 'hunting' | 'renewal' | 'expansion';
  readonly state: 'open' | 'won' | 'lost';
  readonly stage: Stage;
  readonly probability: number;
  readonly amount: Money | null;
  readonly expectedCloseOn: string | null;
  readonly openedOn: string | null;
  readonly closedOn: string | null;
  readonly lossReason: LossReason | null;
}

export interface Clock {
  /** Null while paused. */
  readonly dueAt: string | null;
  readonly state: 'running' | 'paused' | 'met' | 'breached';
  readonly elapsedMs: number;
  readonly targetMs: number;
}

export interface Incident {
  readonly id: string;
  readonly version: number;
  readonly accountId: string;
  readonly accountName: string | null;
  readonly title: string;
  readonly description: string | null;
  readonly priority: Priority;
  readonly impact: Level;
  readonly urgency: Level;
  readonly status: 'reported' | 'acknowledged' | 'paused' | 'resolved';
  readonly reportedAt: string;
  readonly acknowledgedAt: string | null;
  readonly resolvedAt: string | null;
  readonly reporterContact: string | null;
  readonly clocks: { readonly response: Clock; readonly resolution: Clock };
}

export interface Reason {
  readonly code: string;
  readonly params: Readonly<Record<string, string | number>>;
}

export interface PortfolioRow {
  readonly id: string;
  readonly name: string;
  readonly tier: Tier | null;
  readonly status: KeyAccount['status'];
  readonly ownerId: string | null;
  readonly ownerName: string | null;
  readonly sector: string | null;
  readonly country: string | null;
  readonly openDeals: number;
  readonly openValue: readonly Money[];
  readonly won: number;
  readonly lost: number;
  readonly wonValue: readonly Money[];
  /** Minor units per month, oldest first. */
  readonly wonValue12m: readonly number[];
  readonly wonCurrency: string | null;
  readonly winRate: number | null;
  readonly openIncidents: Readonly<Record<Priority, number>>;
  readonly lastActivityOn: string | null;
  readonly attention: { readonly score: number; readonly reasons: readonly Reason[] };
}

export interface TimelineItem {
  readonly id: string;
  readonly at: string;
  readonly recordedAt: string;
  readonly type: string;
  readonly streamId: string;
  readonly version: number;
  /** Name of the account or deal, title of the incident. */
  readonly subject: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export const GROUPINGS = ['none', 'account', 'owner', 'manager', 'region', 'offering', 'sector', 'month', 'quarter'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface SummaryGroup {
  readonly key: string | null;
  readonly label: string | null;
  readonly open: number;
  readonly won: number;
  readonly lost: number;
  /** One sum per currency. */
  readonly wonValues: readonly Money[];
  readonly winRate: number | null;
  readonly medianCycleDays: number | null;
}

export interface PipelineSummary {
  readonly asOf: string;
  readonly knownOn: string;
  readonly stale: boolean;
  readonly groups: readonly SummaryGroup[];
}

export interface FunnelStage {
  readonly stage: Stage;
  readonly open: number;
  readonly withoutAmount: number;
  readonly value: readonly Money[];
  readonly weighted: readonly Money[];
}

export interface PipelineFunnel {
  readonly asOf: string;
  readonly knownOn: string;
  readonly stale: boolean;
  readonly stages: readonly FunnelStage[];
}
