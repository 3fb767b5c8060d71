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
  readonly status: 'prospect' | 'active' | 'closing' | 'closed';
}

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

type AccountState = Account & { readonly before?: 'prospect' | 'active' };

export const accountAt = (row: TemporalRow<KeyAccountEvent>, point: PointInTime): Account | null =>
  stateAt<AccountState | null, KeyAccountEvent>(row, point, null, (account, fact) => {
    switch (fact.type) {
      case 'accounts.key-account.prospect-registered':
      case 'accounts.key-account.client-registered': {
        const { name, profile } = fact.data;
        const status = fact.type === 'accounts.key-account.client-registered' ? 'active' : 'prospect';
        return { id: row.id, name, sector: profile.sector, country: profile.country, tier: null, parentId: null, ownerId: null, status };
      }
      case 'accounts.key-account.withdrawn':
        return null;
      default:
        return account && changeAccount(account, fact);
    }
  });

function changeAccount(account: AccountState, fact: TemporalFact<KeyAccountEvent>): AccountState {
  switch (fact.type) {
    case 'accounts.key-account.details-changed':
      return { ...account, name: fact.data.name, sector: fact.data.profile.sector, country: fact.data.profile.country };
    case 'accounts.key-account.qualified':
      return { ...account, tier: fact.data.tier };
    case 'accounts.key-account.owner-assigned':
      return { ...account, ownerId: fact.data.ownerId };
    case 'accounts.key-account.handed-over':
      return { ...account, ownerId: fact.data.toOwnerId };
    case 'accounts.key-account.attached-to-parent':
      return { ...account, parentId: fact.data.parentId };
    case 'accounts.key-account.closure-requested':
      return { ...account, status: 'closing', before: account.status === 'prospect' ? 'prospect' : 'active' };
    case 'accounts.key-account.closure-refused':
      return { ...account, status: account.before ?? 'active' };
    case 'accounts.key-account.closed':
      return { ...account, status: 'closed' };
    default:
      return account;
  }
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
