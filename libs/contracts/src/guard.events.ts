import { type AggregateContract, defineContract, type DomainEvent } from '@keyfold/event-sourcing';

/**
 * The guard of one account in one service (stream `dealguard-<accountId>` or `incidentguard-<accountId>`): while a barrier stands, nothing new is opened on the account (architecture.md 7).
 * Each service that keeps something open on accounts has one; the events differ in the service's name only.
 */
export type GuardService = 'opportunities' | 'satisfaction';
export type GuardEvent<S extends GuardService = GuardService> =
  | DomainEvent<`${S}.guard.barrier-raised`, { closureId: string }>
  /** The service's word on the closure, from its own log. `open` = 0 is a yes, and the barrier stays until the closure is decided. */
  | DomainEvent<`${S}.guard.answered`, { closureId: string; open: number }>
  | DomainEvent<`${S}.guard.barrier-lowered`, { closureId: string }>
  /** A stream of another partition key belongs to this account from now on (a deal attached late). */
  | DomainEvent<`${S}.guard.attached`, { streamId: string }>;

/** Consumers that follow both services tell streams apart by their names. */
const GUARD_STREAMS = { opportunities: 'dealguard', satisfaction: 'incidentguard' } as const;

export const guardContract = <S extends GuardService>(service: S): AggregateContract<GuardEvent<S>> =>
  defineContract<GuardEvent<S>>({
    service,
    name: 'guard',
    streamPrefix: GUARD_STREAMS[service],
    events: Object.fromEntries(['barrier-raised', 'answered', 'barrier-lowered', 'attached'].map((name) => [`${service}.guard.${name}`, { version: 1 }])) as AggregateContract<GuardEvent<S>>['events'],
  });

export const opportunityGuardContract = guardContract('opportunities');
export const satisfactionGuardContract = guardContract('satisfaction');
