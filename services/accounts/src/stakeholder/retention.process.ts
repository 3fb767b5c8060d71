import { retentionContract, stakeholderContract } from '@keyfold/contracts';
import type { AggregateContract, ProcessManager } from '@keyfold/event-sourcing';

export interface Retention {
  /** Null until somebody is registered. */
  readonly accountId: string | null;
  readonly people: number;
}

/** Once a month, from the first registration on: whose data are kept too long? The command looks; this only knows when. One instance per account. */
export const retention: ProcessManager<Retention> = {
  name: 'retention',
  contract: retentionContract,
  follows: [stakeholderContract] as unknown as readonly AggregateContract[],

  instanceOf: (event) => (event.type === REGISTERED ? (event.data as { accountId: string }).accountId : null),

  initial: { accountId: null, people: 0 },

  evolve: (state, input) => (input.type === REGISTERED ? { accountId: (input.data as { accountId: string }).accountId, people: state.people + 1 } : state),

  react({ accountId, people }, input, now) {
    const next = { timer: 'monthly', at: nextMonth(now) };
    if (input.type === REGISTERED) return people === 1 ? [next] : [];
    if (input.type !== 'timer-fired' || accountId === null) return [];
    return [next, { step: `propose:${now.slice(0, 7)}`, send: { name: 'relationship-maps/propose-erasures', id: accountId, body: {} } }];
  },
};

const REGISTERED = 'accounts.stakeholder.registered';

/** In the night to the second: by then it is the new month in every time zone. */
const nextMonth = (now: string): string => new Date(Date.UTC(Number(now.slice(0, 4)), Number(now.slice(5, 7)), 2, 3)).toISOString();
