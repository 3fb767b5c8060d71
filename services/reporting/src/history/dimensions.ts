import type { KeyAccountEvent, OfferingEvent, TeamMemberEvent, Tier } from '@keyfold/contracts';
import { type DomainEvent, type PointInTime, stateAt, type TemporalFact, type TemporalRow } from '@keyfold/event-sourcing';

export interface Account {
  readonly id: string;
  readonly name: string;
  readonly sector: string | null;
  readonly country: string | null;
  readonly tier: Tier | null;
  readonly parentId: string | null;
  readonly ownerId: string | null;
  /** Currency in which the account is counted; null: not said. */
  readonly currency: string | null;
  readonly status: AccountLife | 'closing' | 'closed' | 'merged';
  /** The account that it was merged into; what belongs to this one is counted with that one. */
  readonly successorId: string | null;
}

type AccountLife = 'prospect' | 'targeted' | 'active' | 'dormant';

export interface Member {
  readonly id: string;
  /** Ciphertext. */
  readonly name: string;
  readonly managerId: string | null;
  readonly region: string | null;
}

export interface Offering {
  readonly id: string;
  readonly name: string;
}

type AccountState = Account & { readonly before?: AccountLife };

export const accountAt = (row: TemporalRow<KeyAccountEvent>, point: PointInTime): Account | null =>
  stateAt<AccountState | null, KeyAccountEvent>(row, point, null, (account, fact) => {
    switch (fact.type) {
      case 'accounts.key-account.prospect-registered':
      case 'accounts.key-account.client-registered': {
        const { name, profile } = fact.data;
        const status = fact.type === 'accounts.key-account.client-registered' ? 'active' : 'prospect';
        return { id: row.id, name, sector: profile.sector, country: profile.country, tier: null, parentId: null, ownerId: null, currency: null, status, before: status, successorId: null };
      }
      case 'accounts.key-account.withdrawn':
        return null;
      default:
        return account && changeAccount(account, fact);
    }
  });

/** Every account that there was at the point, by its id. */
export const accountsAt = (rows: readonly TemporalRow<KeyAccountEvent>[], point: PointInTime): ReadonlyMap<string, Account> =>
  new Map(rows.flatMap((row) => {
    const account = accountAt(row, point);
    return account ? [[row.id, account] as const] : [];
  }));

type Changes = {
  readonly [Type in KeyAccountEvent['type']]?: (account: AccountState, fact: Extract<TemporalFact<KeyAccountEvent>, { type: Type }>) => Partial<AccountState>;
};

const CHANGES: Changes = {
  'accounts.key-account.details-changed': (_account, { data }) => ({ name: data.name, sector: data.profile.sector, country: data.profile.country }),
  'accounts.key-account.currency-set': (_account, { data }) => ({ currency: data.currency }),
  'accounts.key-account.qualified': (_account, { data }) => ({ tier: data.tier }),
  'accounts.key-account.disqualified': () => ({ tier: null }),
  'accounts.key-account.owner-assigned': (_account, { data }) => ({ ownerId: data.ownerId }),
  'accounts.key-account.handed-over': (_account, { data }) => ({ ownerId: data.toOwnerId }),
  'accounts.key-account.attached-to-parent': (_account, { data }) => ({ parentId: data.parentId }),
  'accounts.key-account.detached-from-parent': () => ({ parentId: null }),
  'accounts.key-account.prospect-nominated': () => ({ status: 'targeted', before: 'targeted' }),
  'accounts.key-account.activated': () => ({ status: 'active', before: 'active' }),
  'accounts.key-account.made-dormant': () => ({ status: 'dormant', before: 'dormant' }),
  'accounts.key-account.reactivated': () => ({ status: 'active', before: 'active' }),
  'accounts.key-account.closure-requested': () => ({ status: 'closing' }),
  'accounts.key-account.closure-refused': ({ before }) => ({ status: before ?? 'active' }),
  'accounts.key-account.closed': () => ({ status: 'closed' }),
  'accounts.key-account.merged': (_account, { data }) => ({ status: 'merged', successorId: data.successorId }),
};

function changeAccount(account: AccountState, fact: TemporalFact<KeyAccountEvent>): AccountState {
  const change = CHANGES[fact.type] as ((account: AccountState, fact: TemporalFact<KeyAccountEvent>) => Partial<AccountState>) | undefined;
  return change ? { ...account, ...change(account, fact) } : account;
}

export const memberAt = (row: TemporalRow<TeamMemberEvent>, point: PointInTime): Member | null =>
  stateAt<Member | null, TeamMemberEvent>(row, point, null, (member, fact) => {
    switch (fact.type) {
      case 'accounts.team-member.onboarded':
        return { id: row.id, name: fact.data.name, managerId: fact.data.managerId, region: fact.data.region };
      case 'accounts.team-member.reassigned':
        return member && { ...member, managerId: fact.data.managerId, region: fact.data.region };
      case 'accounts.team-member.withdrawn':
        return null;
      default:
        return member;
    }
  });

export const offeringAt = (row: TemporalRow<OfferingEvent>, point: PointInTime): Offering | null =>
  stateAt<Offering | null, OfferingEvent>(row, point, null, (offering, fact) => {
    switch (fact.type) {
      case 'opportunities.offering.registered':
      case 'opportunities.offering.details-changed':
        return { id: row.id, name: fact.data.name };
      case 'opportunities.offering.withdrawn':
        return null;
      default:
        return offering;
    }
  });

/**
 * What labels and groups use: the state on the day, or, where the day lies before the record begins (a client, an agent of an import),
 * the first that is known. A deal of 2017 thus belongs to the region its agent was first recorded in.
 */
export function dimension<State, E extends DomainEvent>(
  rows: readonly TemporalRow<E>[],
  point: PointInTime,
  at: (row: TemporalRow<E>, point: PointInTime) => State | null,
): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const row of rows) {
    const first = row.facts.reduce((earliest, fact) => Math.min(earliest, fact.occurred), Infinity);
    const state = at(row, point) ?? at(row, { asOf: first, knownOn: point.knownOn });
    if (state !== null) states.set(row.id, state);
  }
  return states;
}
