import { type GrantedRole, type KeyAccountEvent, keyAccountContract, type MemberRole, type TeamMemberEvent, teamMemberContract, type Tier } from '@keyfold/contracts';
import { ignored, projection } from '@keyfold/event-sourcing';

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
  readonly parentId: string | null;
  readonly status: 'prospect' | 'active' | 'closing' | 'closed';
  readonly statusBefore: 'prospect' | 'active';
  /** In order of their days; a handover may lie in the future. */
  readonly owners: readonly { readonly ownerId: string; readonly from: string }[];
  /** The account team. */
  readonly team: readonly { readonly memberId: string; readonly access: 'read' | 'edit' }[];
}

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
  version: 2,
  follows: [keyAccountContract],
  mirrored: true,
  fold(row, event, id): DirectoryAccount | null {
    switch (event.type) {
      case 'accounts.key-account.prospect-registered':
      case 'accounts.key-account.client-registered': {
        const status = event.type === 'accounts.key-account.client-registered' ? 'active' : 'prospect';
        return { id, name: event.data.name, sector: event.data.profile.sector, tier: null, parentId: null, status, statusBefore: status, owners: [], team: [] };
      }
      case 'accounts.key-account.details-changed':
        return { ...row!, name: event.data.name, sector: event.data.profile.sector };
      case 'accounts.key-account.qualified':
        return { ...row!, tier: event.data.tier };
      case 'accounts.key-account.owner-assigned':
        return { ...row!, owners: [...row!.owners, { ownerId: event.data.ownerId, from: event.occurredAt }] };
      case 'accounts.key-account.handed-over':
        return { ...row!, owners: [...row!.owners, { ownerId: event.data.toOwnerId, from: event.occurredAt }] };
      case 'accounts.key-account.attached-to-parent':
        return { ...row!, parentId: event.data.parentId };
      case 'accounts.key-account.team-member-added':
        return { ...row!, team: [...row!.team.filter(({ memberId }) => memberId !== event.data.memberId), { memberId: event.data.memberId, access: event.data.access }] };
      case 'accounts.key-account.team-member-removed':
        return { ...row!, team: row!.team.filter(({ memberId }) => memberId !== event.data.memberId) };
      case 'accounts.key-account.closure-requested':
        return { ...row!, status: 'closing' };
      case 'accounts.key-account.closure-refused':
        return { ...row!, status: row!.statusBefore };
      case 'accounts.key-account.closed':
        return { ...row!, status: 'closed' };
      case 'accounts.key-account.withdrawn':
        return null;
      default:
        return ignored(row, event);
    }
  },
});
