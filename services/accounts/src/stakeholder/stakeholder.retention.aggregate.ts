import type { StakeholderEvent } from '@keyfold/contracts';

/** How long the data of a person are kept: what a state and a row know of it. */
export interface Retention {
  /** Last contact that came from the person. */
  readonly lastContactAt: string | null;
  readonly erasureProposed: { readonly at: string; readonly lastContactOn: string | null; readonly months: number } | null;
  /** Since when the data are kept although their erasure was proposed, and why. */
  readonly kept: { readonly at: string; readonly reason: string } | null;
  readonly erasedAt: string | null;
}

export const NEVER_IN_TOUCH: Retention = { lastContactAt: null, erasureProposed: null, kept: null, erasedAt: null };

const STEPS = ['contact-received', 'erasure-proposed', 'erasure-proposal-dismissed', 'erased'] as const;
type RetentionType = `accounts.stakeholder.${(typeof STEPS)[number]}`;
const TYPES: ReadonlySet<string> = new Set<RetentionType>(STEPS.map((step): RetentionType => `accounts.stakeholder.${step}`));

/** Whether an event is about how long the data of a person are kept. */
export const isOfRetention = <E extends { readonly type: string }>(event: E): event is Extract<E, { readonly type: RetentionType }> => TYPES.has(event.type);

/** What such an event changes. */
export function retained(fact: Extract<StakeholderEvent, { readonly type: RetentionType }> & { readonly occurredAt: string }): Partial<Retention> {
  const at = fact.occurredAt;
  switch (fact.type) {
    case 'accounts.stakeholder.contact-received':
      return { lastContactAt: at, erasureProposed: null };
    case 'accounts.stakeholder.erasure-proposed':
      return { erasureProposed: { at, ...fact.data } };
    case 'accounts.stakeholder.erasure-proposal-dismissed':
      return { erasureProposed: null, kept: { at, reason: fact.data.reason } };
    case 'accounts.stakeholder.erased':
      return { erasedAt: at, erasureProposed: null };
  }
}
