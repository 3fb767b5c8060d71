import { type GuardEvent, guardContract, type GuardService } from '@keyfold/contracts';
import { decider, DomainError, type Fact, ignored } from '@keyfold/event-sourcing';

/** What one service knows of the closing of one account. */
export interface Guard {
  /** Closures whose barrier stands: while there is one, nothing new is opened on the account. */
  readonly barriers: readonly string[];
  /** Those of them that were told that nothing is open. */
  readonly cleared: readonly string[];
  /** Streams of another partition key that belong to the account. */
  readonly attached: readonly string[];
}

export const isBarred = (guard: Guard): boolean => guard.barriers.length > 0;

/** A barrier behind which "nothing is open" was said: the account may be closed by now. */
export const isCleared = (guard: Guard): boolean => guard.barriers.some((closureId) => guard.cleared.includes(closureId));

export function assertNotBarred(guard: Guard): void {
  if (isBarred(guard)) throw new DomainError('account-closing');
}

/** The guard as one service keeps it; its events carry the service's name. */
export function guardOf(service: GuardService) {
  const event = (name: 'barrier-raised' | 'answered' | 'barrier-lowered' | 'attached', data: object): GuardEvent => ({ type: `${service}.guard.${name}`, data }) as GuardEvent;
  return {
    decider: decider<Guard, GuardEvent>({ contract: guardContract(service), initial: { barriers: [], cleared: [], attached: [] }, evolve }),

    raiseBarrier: (guard: Guard, closureId: string): GuardEvent[] => (guard.barriers.includes(closureId) ? [] : [event('barrier-raised', { closureId })]),

    /** With something open the closure cannot happen, so the barrier goes down in the same breath. */
    answer(guard: Guard, closureId: string, open: number): GuardEvent[] {
      if (!guard.barriers.includes(closureId) || guard.cleared.includes(closureId)) return [];
      const answered = event('answered', { closureId, open });
      return open === 0 ? [answered] : [answered, event('barrier-lowered', { closureId })];
    },

    lowerBarrier: (guard: Guard, closureId: string): GuardEvent[] => (guard.barriers.includes(closureId) ? [event('barrier-lowered', { closureId })] : []),

    attach: (guard: Guard, streamId: string): GuardEvent[] => (guard.attached.includes(streamId) ? [] : [event('attached', { streamId })]),
  };
}

function evolve(guard: Guard, fact: Fact<GuardEvent>): Guard {
  switch (fact.type) {
    case 'opportunities.guard.barrier-raised':
    case 'satisfaction.guard.barrier-raised':
      return { ...guard, barriers: [...guard.barriers, fact.data.closureId] };
    case 'opportunities.guard.answered':
    case 'satisfaction.guard.answered':
      return fact.data.open > 0 ? guard : { ...guard, cleared: [...guard.cleared, fact.data.closureId] };
    case 'opportunities.guard.barrier-lowered':
    case 'satisfaction.guard.barrier-lowered':
      return { ...guard, barriers: without(guard.barriers, fact.data.closureId), cleared: without(guard.cleared, fact.data.closureId) };
    case 'opportunities.guard.attached':
    case 'satisfaction.guard.attached':
      return { ...guard, attached: [...guard.attached, fact.data.streamId] };
    default:
      return ignored(guard, fact);
  }
}

const without = (list: readonly string[], item: string): string[] => list.filter((other) => other !== item);
