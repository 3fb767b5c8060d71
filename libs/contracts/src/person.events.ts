import { type AggregateContract, defineContract, type DomainEvent } from '@keyfold/event-sourcing';

/** Services whose events carry personal data, and which so own the keys of persons: team members in accounts, reporters of incidents in satisfaction. */
export const PERSON_OWNERS = ['accounts', 'satisfaction'] as const;
export type PersonOwner = (typeof PERSON_OWNERS)[number];

/** Why a person's data has to go (GDPR, article 17). A choice and no free text: whoever asks for an erasure must not write the name into the log for ever. */
export const ERASURE_GROUNDS = ['request', 'consent-withdrawn', 'objection', 'no-longer-needed', 'unlawful', 'legal-obligation'] as const;
export type ErasureGround = (typeof ERASURE_GROUNDS)[number];

export interface ErasureFacts {
  /** What the destruction found; `was-destroyed` where a crash came between the destruction and this event. */
  readonly key: 'destroyed' | 'was-destroyed' | 'never-existed';
  /** For how many hours after it the log of the key store may hold the wrapped key; null where the store does not say. */
  readonly storeLogHours: number | null;
  /** For how many days backups are kept (KEYFOLD_BACKUP_RETENTION_DAYS); null where nobody said. */
  readonly backupDays: number | null;
}

/** The erasure of one person in the service that owns the key. `occurredAt` of `erased` is the instant of the destruction. No personal data in any of them. */
export type PersonEvent<S extends PersonOwner = PersonOwner> =
  | DomainEvent<`${S}.person.erasure-requested`, { ground: ErasureGround }>
  | DomainEvent<`${S}.person.erased`, ErasureFacts>;

/** Consumers that follow both services tell streams apart by their names. */
const PERSON_STREAMS = { accounts: 'memberperson', satisfaction: 'reporterperson' } as const;

export const personContract = <S extends PersonOwner>(service: S): AggregateContract<PersonEvent<S>> =>
  defineContract<PersonEvent<S>>({
    service,
    name: 'person',
    streamPrefix: PERSON_STREAMS[service],
    events: Object.fromEntries(['erasure-requested', 'erased'].map((name) => [`${service}.person.${name}`, { version: 1 }])) as AggregateContract<PersonEvent<S>>['events'],
  });

export const accountsPersonContract = personContract('accounts');
export const satisfactionPersonContract = personContract('satisfaction');
