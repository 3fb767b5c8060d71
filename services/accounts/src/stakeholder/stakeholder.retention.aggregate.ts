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

const STEPS = ['contact-received', 'contact-taken-back', 'erasure-proposed', 'erasure-proposal-dismissed', 'erased'] as const;
type RetentionType = `accounts.stakeholder.${(typeof STEPS)[number]}`;
const TYPES: ReadonlySet<string> = new Set<RetentionType>(STEPS.map((step): RetentionType => `accounts.stakeholder.${step}`));

/** Whether an event is about how long the data of a person are kept. */
export const isOfRetention = <E extends { readonly type: string }>(event: E): event is Extract<E, { readonly type: RetentionType }> => TYPES.has(event.type);

/** What such an event changes. An earlier contact that comes to light takes no proposal back. */
export function retained({ lastContactAt }: Retention, fact: Extract<StakeholderEvent, { readonly type: RetentionType }> & { readonly occurredAt: string }): Partial<Retention> {
  const at = fact.occurredAt;
  switch (fact.type) {
    case 'accounts.stakeholder.contact-received':
      return lastContactAt !== null && at <= lastContactAt ? {} : { lastContactAt: at, erasureProposed: null };
    case 'accounts.stakeholder.contact-taken-back':
      return { lastContactAt: fact.data.lastContactAt };
    case 'accounts.stakeholder.erasure-proposed':
      return { erasureProposed: { at, ...fact.data } };
    case 'accounts.stakeholder.erasure-proposal-dismissed':
      return { erasureProposed: null, kept: { at, reason: fact.data.reason } };
    case 'accounts.stakeholder.erased':
      return { erasedAt: at, erasureProposed: null };
  }
}

/** A contact that came from the person, as far as a state knows it. */
export interface ReceivedContact {
  readonly at: string;
  /** That says so; null: somebody did. */
  readonly touchpointId: string | null;
  /** Of the event. */
  readonly version: number;
}

/** The last ones. */
const CONTACTS_KEPT = 100;

/** In the order of their instants. */
export function contactsAfter(
  contacts: readonly ReceivedContact[],
  fact: { readonly type: string; readonly data: object; readonly occurredAt: string; readonly version: number; readonly supersedes: readonly number[] },
): readonly ReceivedContact[] {
  if (fact.type === 'accounts.stakeholder.contact-taken-back') return contacts.filter(({ version }) => !fact.supersedes.includes(version));
  if (fact.type !== 'accounts.stakeholder.contact-received') return contacts;
  const { touchpointId } = fact.data as { touchpointId: string | null };
  return [...contacts, { at: fact.occurredAt, touchpointId, version: fact.version }].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-CONTACTS_KEPT);
}
