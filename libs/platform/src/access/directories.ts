import { type GrantedRole, type KeyAccountEvent, keyAccountContract, type MemberRole, type TeamMemberEvent, teamMemberContract, type Tier } from '@keyfold/contracts';
import { projection, type RecordedEvent } from '@keyfold/event-sourcing';

/** What every service needs to know of the people: who is whose manager. The name is ciphertext. */
export interface DirectoryMember {
  readonly id: string;
  readonly name: string;
  readonly role: MemberRole;
  readonly managerId: string | null;
  readonly region: string | null;
  /** The instant from which on the member is not with us any more. */
  readonly leavesAt: string | null;
  /** Those that were not revoked; one ends by itself at its instant, also before that is said. */
  readonly grants: readonly { readonly grantId: string; readonly role: GrantedRole; readonly accountIds: readonly string[] | null; readonly expiresAt: string }[];
}

/** What every service needs to know of an account: whose it is, and whether something may be opened on it. */
export interface DirectoryAccount {
  readonly id: string;
  readonly name: string;
  readonly sector: string | null;
  readonly tier: Tier | null;
  readonly status: AccountLife | 'closing' | 'closed' | 'merged';
  readonly statusBefore: AccountLife;
  /** The account that this one was merged into. */
  readonly successorId: string | null;
  /** In order of their days; a handover may lie in the future. */
  readonly owners: readonly { readonly ownerId: string; readonly from: string }[];
  /** The account team. */
  readonly team: readonly { readonly memberId: string; readonly access: 'read' | 'edit' }[];
  /** Everybody who may have a say in it: owners, former and to come, and the team; null among them where it never had an owner. */
  readonly memberIds: readonly (string | null)[];
}

type AccountLife = 'prospect' | 'targeted' | 'active' | 'dormant';

export const memberDirectory = projection<DirectoryMember, TeamMemberEvent>({
  name: 'member-directory',
  version: 2,
  follows: [teamMemberContract],
  mirrored: true,
  fold(row, event, id): DirectoryMember | null {
    switch (event.type) {
      case 'accounts.team-member.onboarded': {
        const { name, role, managerId, region } = event.data;
        return { id, name, role, managerId, region, leavesAt: null, grants: [] };
      }
      case 'accounts.team-member.reassigned':
        return { ...row!, ...event.data };
      case 'accounts.team-member.position-changed':
        return { ...row!, role: event.data.role };
      case 'accounts.team-member.role-granted': {
        const { grantId, role, accountIds, expiresAt } = event.data;
        return { ...row!, grants: [...row!.grants, { grantId, role, accountIds, expiresAt }] };
      }
      case 'accounts.team-member.role-revoked':
      case 'accounts.team-member.access-expired':
        return { ...row!, grants: row!.grants.filter(({ grantId }) => grantId !== event.data.grantId) };
      case 'accounts.team-member.offboarded':
        return { ...row!, leavesAt: event.occurredAt };
      case 'accounts.team-member.withdrawn':
        return null;
      default:
        return row;
    }
  },
});

/** Grants of a member that run at an instant. */
export const grantsAt = (member: DirectoryMember | null, now: string): DirectoryMember['grants'] => member?.grants.filter(({ expiresAt }) => expiresAt > now) ?? [];

export const accountDirectory = projection<DirectoryAccount, KeyAccountEvent>({
  name: 'account-directory',
  version: 5,
  follows: [keyAccountContract],
  mirrored: true,
  indexes: [['memberIds']],
  fold(row, event, id): DirectoryAccount | null {
    switch (event.type) {
      case 'accounts.key-account.prospect-registered':
      case 'accounts.key-account.client-registered': {
        const status = event.type === 'accounts.key-account.client-registered' ? 'active' : 'prospect';
        const { name, profile } = event.data;
        return { id, name, sector: profile.sector, tier: null, status, statusBefore: status, successorId: null, owners: [], team: [], memberIds: [null] };
      }
      case 'accounts.key-account.withdrawn':
        return null;
      default: {
        const change = CHANGES[event.type] as Change | undefined;
        return row && change ? withMembers({ ...row, ...change(row, event) }) : row;
      }
    }
  },
});

type Change = (row: DirectoryAccount, event: Pick<RecordedEvent, 'data' | 'occurredAt'>) => Partial<DirectoryAccount>;
type Changes = {
  readonly [Type in KeyAccountEvent['type']]?: (row: DirectoryAccount, event: { readonly data: Extract<KeyAccountEvent, { type: Type }>['data']; readonly occurredAt: string }) => Partial<DirectoryAccount>;
};

const CHANGES: Changes = {
  'accounts.key-account.details-changed': (_row, { data }) => ({ name: data.name, sector: data.profile.sector }),
  'accounts.key-account.qualified': (_row, { data }) => ({ tier: data.tier }),
  'accounts.key-account.disqualified': () => ({ tier: null }),
  'accounts.key-account.owner-assigned': ({ owners }, { data, occurredAt }) => ({ owners: [...owners, { ownerId: data.ownerId, from: occurredAt }] }),
  'accounts.key-account.handed-over': ({ owners }, { data, occurredAt }) => ({ owners: [...owners, { ownerId: data.toOwnerId, from: occurredAt }] }),
  'accounts.key-account.handover-cancelled': ({ owners }, { data: { on } }) => ({ owners: owners.filter(({ from }) => from < on) }),
  'accounts.key-account.team-member-added': ({ team }, { data: { memberId, access } }) => ({ team: [...team.filter((one) => one.memberId !== memberId), { memberId, access }] }),
  'accounts.key-account.team-member-removed': ({ team }, { data }) => ({ team: team.filter(({ memberId }) => memberId !== data.memberId) }),
  'accounts.key-account.prospect-nominated': () => ({ status: 'targeted', statusBefore: 'targeted' }),
  'accounts.key-account.activated': () => ({ status: 'active', statusBefore: 'active' }),
  'accounts.key-account.made-dormant': () => ({ status: 'dormant', statusBefore: 'dormant' }),
  'accounts.key-account.reactivated': () => ({ status: 'active', statusBefore: 'active' }),
  'accounts.key-account.closure-requested': () => ({ status: 'closing' }),
  'accounts.key-account.closure-refused': ({ statusBefore }) => ({ status: statusBefore }),
  'accounts.key-account.closed': () => ({ status: 'closed' }),
  'accounts.key-account.merged': (_row, { data }) => ({ status: 'merged', successorId: data.successorId }),
};

const withMembers = (row: DirectoryAccount): DirectoryAccount => {
  const owners = row.owners.length === 0 ? [null] : row.owners.map(({ ownerId }) => ownerId);
  return { ...row, memberIds: [...new Set([...owners, ...row.team.map(({ memberId }) => memberId)])] };
};
