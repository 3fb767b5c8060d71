import { Inject, Injectable } from '@nestjs/common';
import type { GrantedRole } from '@keyfold/contracts';
import { type Actor, type Filter, Forbidden, type ProjectionStore, type View } from '@keyfold/event-sourcing';
import { type AccessLevel, type AccountAccess, ADAPTERS, type Adapters, PROJECTIONS, type Scope, Scopes } from '@keyfold/event-sourcing-nest';
import { accountDirectory, type DirectoryAccount, type DirectoryMember, grantsAt, memberDirectory } from './directories.js';
import { Organisation } from './organisation.js';
import { type OwnedRow, ownerOfRow } from './owned-row.js';
import { RowsOfAccounts } from './rows-of-accounts.js';

/** Roles that see everything. What they may do is the business of the routes. */
const SEES_ALL = ['auditor', 'bi', 'csr-officer', 'finance', 'operator', 'service', 'service-agent'];

/** They lead or look after everybody, and have no accounts. */
const COVERS_MEMBERS = ['hr', 'admin'];

type Covers = Scope['covers'];

/** Accounts that are looked up and named for each query; a scope with more of them is asked for otherwise. */
const FEW = 200;

/** By what a scope covers a row. */
interface RowFields<Row> {
  /** Holds the id of its account, or null. */
  readonly account: keyof Row & string;
  /** Holds the id of a member whose it is beside. */
  readonly owner?: keyof Row & string;
  /** Id of an account whose rows everybody sees. */
  readonly everybodys?: string;
}

/** Whose accounts a scope covers, as a list; beside it the team of each account is covered, and what grants open. */
interface Reach {
  readonly owners: Iterable<string>;
  /** Accounts that nobody owns too. */
  readonly unowned: boolean;
  /** Accounts that grants open; null: all. */
  readonly granted: readonly string[] | null;
}

const NO_REACH: Reach = { owners: [], unowned: false, granted: [] };

type ReachingScope = Scope & { readonly reach?: Reach };

interface Terms {
  /** Absent: none; null: everything is covered. */
  readonly reach?: Reach | null;
  /** Open accounts to be read. */
  readonly grants?: DirectoryMember['grants'];
  /** Whose accounts are covered, where that is not whatever else of theirs is. */
  readonly ofAccounts?: Covers;
}

function scopeOf(memberId: string | null, covers: Covers, { reach = NO_REACH, grants = [], ofAccounts = covers }: Terms = {}): ReachingScope {
  const isGranted = (accountId: string | undefined): boolean => grants.some(({ accountIds }) => accountIds === null || (accountId !== undefined && accountIds.includes(accountId)));
  const isInTeam = (team: AccountAccess['team'], access: AccessLevel): boolean => memberId !== null && team.some((member) => member.memberId === memberId && (access === 'read' || member.access === 'edit'));
  const granted = grants.some(({ accountIds }) => accountIds === null) ? null : grants.flatMap(({ accountIds }) => accountIds ?? []);
  return {
    memberId,
    covers,
    coversAccount: ({ accountId, ownerId, team }, access) => ofAccounts(ownerId) || isInTeam(team, access) || (access === 'read' && isGranted(accountId)),
    ...(reach && { reach: { ...reach, granted } }),
  };
}

/**
 * Role x scope (architecture.md 1): a key account manager covers what is his; a director himself, everybody below him and what nobody owns;
 * HR every member, but no account; the roles of SEES_ALL everything. The team of an account covers that account, to read or to edit; a grant opens accounts to be read
 * until its instant, whenever its end is said. Whoever has left is forbidden everything. G10: every query and every command asks here.
 */
@Injectable()
export class Access extends Scopes {
  private readonly seen = new WeakMap<Actor, Promise<readonly DirectoryMember[]>>();
  /** By the members as the directory gives them: another array only where one of them has changed. */
  private readonly organisations = new WeakMap<readonly DirectoryMember[], Organisation>();
  /** Of one request: see `forRequest`. */
  private looked: Map<string, DirectoryAccount> | null = null;
  private principal: Actor | null = null;

  constructor(
    @Inject(PROJECTIONS) private readonly store: ProjectionStore,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
  ) {
    super();
  }

  /** The same for one request: whom and which accounts it has looked up to see what its scope covers is not looked up again to be named. */
  forRequest(principal: Actor): Access {
    return Object.assign(Object.create(this) as Access, { looked: new Map(), principal });
  }

  async of(principal: Actor): Promise<Scope> {
    const { memberId, roles } = principal;
    const now = this.now();
    const member = await this.memberOf(principal);
    if (hasLeft(member, now)) throw new Forbidden('member-offboarded');
    if (roles.some((role) => SEES_ALL.includes(role))) return scopeOf(memberId, () => true, { reach: null });
    if (memberId === null) return scopeOf(memberId, () => false);
    const own: Covers = (ownerId) => ownerId === memberId;
    const grants = grantsAt(member, now);
    if (roles.some((role) => COVERS_MEMBERS.includes(role))) return scopeOf(memberId, (ownerId) => ownerId !== null, { reach: { ...NO_REACH, owners: [memberId] }, grants, ofAccounts: own });
    if (!roles.includes('director')) return scopeOf(memberId, own, { reach: { ...NO_REACH, owners: [memberId] }, grants });
    const team = this.organisationOf(await this.membersFor(principal)).teamOf(memberId);
    return scopeOf(memberId, (ownerId) => ownerId === null || team.has(ownerId), { reach: { ...NO_REACH, owners: team, unowned: true }, grants });
  }

  /** Whether a member has left, and as what he may read for the time being. */
  async standingOf(principal: Actor): Promise<{ left: boolean; granted: readonly GrantedRole[] }> {
    const member = await this.memberOf(principal);
    const now = this.now();
    return { left: hasLeft(member, now), granted: grantsAt(member, now).map(({ role }) => role) };
  }

  /** The rows of a view that the scope covers. */
  rowsOfAccounts<Row extends object>(view: Pick<View<Row>, 'find'>, scope: Scope, { account, owner, everybodys }: RowFields<Row>): Pick<View<Row>, 'find'> {
    if (coversAll(scope)) return view;
    const accountOf = (row: Row) => row[account] as string | null;
    const isOwned = (row: Row): boolean => owner !== undefined && scope.covers(row[owner] as string | null);
    const shared = everybodys === undefined ? [] : [everybodys];
    const named = async (accounts: readonly DirectoryAccount[]): Promise<{ ids: string[]; owned: Filter[] }> => ({
      ids: [...accounts.map(({ id }) => id), ...shared],
      owned: owner ? [await this.ownerFilter(scope, owner)] : [],
    });
    return new RowsOfAccounts<Row>(view, {
      covered: async (rows) => {
        const asked = new Set(rows.filter((row) => !isOwned(row)).flatMap((row) => accountOf(row) ?? []));
        const covered = new Set<string | null>([...(await this.coveredOf(scope, [...asked])), ...shared]);
        return rows.map((row) => isOwned(row) || covered.has(accountOf(row)));
      },
      few: async () => {
        const accounts = await this.fewAccounts(scope);
        if (!accounts) return null;
        const { ids, owned } = await named(accounts);
        return { $or: [{ [account]: { $in: ids } }, ...owned] };
      },
      inParts: async (atMost) => {
        const { ids, owned } = await named(await this.accountsIn(scope));
        return [...inParts(ids, atMost).map((part) => ({ [account]: { $in: part } })), ...owned];
      },
    });
  }

  /** The rows of accounts themselves that the scope covers, by the owners and the team that they carry; each with the account's id under `id`. */
  accountsThemselves<Row extends OwnedRow & { readonly id: string }>(view: Pick<View<Row>, 'find'>, scope: Scope): Pick<View<Row>, 'find'> {
    if (coversAll(scope)) return view;
    return new RowsOfAccounts<Row>(view, {
      covered: async (rows) => rows.map((row) => this.coversOwnedRow(scope, row)),
      few: () => this.fewById(scope),
      inParts: async () => [this.byOwners(scope)],
    });
  }

  coversOwnedRow(scope: Scope, row: OwnedRow & { readonly id: string }): boolean {
    return scope.coversAccount({ accountId: row.id, ownerId: ownerOfRow(row, this.now()), team: row.team }, 'read');
  }

  /**
   * Matches rows of accounts themselves that the scope covers, as `accountsThemselves` finds them. However many they are, the filter is as long as the list of members, which is
   * long enough to be read in order instead where a page is all that is asked for.
   */
  async ownFilter(scope: Scope): Promise<Filter> {
    return coversAll(scope) ? {} : ((await this.fewById(scope)) ?? this.byOwners(scope));
  }

  private async fewById(scope: Scope): Promise<Filter | null> {
    const accounts = await this.fewAccounts(scope);
    return accounts && { id: { $in: accounts.map(({ id }) => id) } };
  }

  private byOwners(scope: Scope): Filter {
    const { unowned, granted, ...reach } = (scope as ReachingScope).reach ?? NO_REACH;
    if (granted === null) return {};
    const owners = [...reach.owners];
    const now = this.now();
    const branches: Filter[] = [
      { $and: [{ ownerId: { $in: owners } }, { ownerSince: { $lte: now } }] },
      { $and: [{ ownerBefore: { $in: owners } }, { ownerSince: { $gt: now } }] },
      ...(unowned ? [{ ownerId: null }] : []),
      ...(scope.memberId === null ? [] : [{ teamIds: scope.memberId }]),
      ...(granted.length > 0 ? [{ id: { $in: granted } }] : []),
    ];
    return { $or: branches };
  }

  /** The accounts in a scope, looked up by whoever has a say in them; null where there may be more than few of them. */
  private async fewAccounts(scope: Scope): Promise<DirectoryAccount[] | null> {
    const { owners, unowned, granted } = (scope as ReachingScope).reach ?? NO_REACH;
    if (unowned || granted === null || granted.length > FEW) return null; // a director's are hardly ever so few
    const memberIds = [...owners, ...(scope.memberId === null ? [] : [scope.memberId])];
    const found = await this.store.view(accountDirectory).find({ filter: { $or: [{ memberIds: { $in: memberIds } }, { id: { $in: granted } }] }, limit: FEW + 1 });
    return found.length > FEW ? null : this.readable(scope, found);
  }

  /** The ids of those of some accounts that the scope covers, in one request. */
  private async coveredOf(scope: Scope, accountIds: readonly string[]): Promise<string[]> {
    if (accountIds.length === 0) return [];
    const found = await this.store.view(accountDirectory).find({ filter: { id: { $in: accountIds } }, limit: accountIds.length });
    return this.readable(scope, found).map(({ id }) => id);
  }

  private readable(scope: Scope, accounts: readonly DirectoryAccount[]): DirectoryAccount[] {
    const now = this.now();
    for (const account of accounts) this.looked?.set(account.id, account);
    return accounts.filter((account) => scope.coversAccount(accessOn(account, now), 'read'));
  }

  /** Matches rows whose `field` holds the id of a member that the scope covers, or null where it covers what nobody owns. */
  async ownerFilter(scope: Scope, field: string): Promise<Filter> {
    if (coversAll(scope)) return {};
    const members = (await this.members()).map((member) => member.id);
    const known = scope.memberId === null ? members : [...members, scope.memberId];
    return { [field]: { $in: [...new Set(known)].filter((id) => scope.covers(id)).concat(scope.covers(null) ? [null as never] : []) } };
  }

  async accountsIn(scope: Scope): Promise<DirectoryAccount[]> {
    return this.readable(scope, await this.store.view(accountDirectory).all());
  }

  /** False too for an account that this service does not know. */
  async coversAccount(scope: Scope, accountId: string | null, access: AccessLevel): Promise<boolean> {
    if (accountId === null) return scope.covers(null);
    const account = await this.account(accountId);
    return account !== null && scope.coversAccount(accessOn(account, this.now()), access);
  }

  async account(id: string): Promise<DirectoryAccount | null> {
    const account = this.looked?.get(id) ?? (await this.store.view(accountDirectory).get(id));
    if (account) this.looked?.set(id, account);
    return account;
  }

  /** From memory: a page shows some dozens of names, and everybody is in there. */
  async member(id: string): Promise<DirectoryMember | null> {
    const seen = this.organisationOf(await this.members()).member(id);
    return seen ?? (this.principal && this.organisationOf(await this.store.view(memberDirectory).all()).member(id));
  }

  /** Owner today; null for an account that nobody owns or that this service does not know. */
  async ownerOf(accountId: string): Promise<string | null> {
    const account = await this.account(accountId);
    return account && ownerToday(account, this.now());
  }

  async accountName(id: string | null): Promise<string | null> {
    return id === null ? null : ((await this.account(id))?.name ?? null);
  }

  /** The name in clear; null when there is none or the person was erased. */
  async memberName(id: string | null): Promise<string | null> {
    if (id === null) return null;
    const member = await this.member(id);
    return member && this.reveal(member.name);
  }

  /** Plaintext of personal data; null when the person was erased. Not kept here: the vault keeps the key, for as long as an erasure may wait. */
  reveal(ciphertext: string): Promise<string | null> {
    return this.adapters.vault.decrypt(ciphertext);
  }

  /** RFC 3339 in UTC. */
  now(): string {
    return this.adapters.clock.now().toISOString();
  }

  private async memberOf(principal: Actor): Promise<DirectoryMember | null> {
    return principal.memberId === null ? null : this.organisationOf(await this.membersFor(principal)).member(principal.memberId);
  }

  /** As the request has seen them; of none, as they are. */
  private members(): Promise<readonly DirectoryMember[]> {
    return this.principal ? this.membersFor(this.principal) : this.store.view(memberDirectory).all();
  }

  /** Guard, scope and names of one request are by one look at the members: whoever wants a newer one asks with a copy of the principal. */
  private membersFor(principal: Actor): Promise<readonly DirectoryMember[]> {
    const known = this.seen.get(principal) ?? this.store.view(memberDirectory).all();
    this.seen.set(principal, known);
    return known;
  }

  private organisationOf(members: readonly DirectoryMember[]): Organisation {
    let known = this.organisations.get(members);
    if (!known) this.organisations.set(members, (known = new Organisation(members)));
    return known;
  }
}

const hasLeft = (member: DirectoryMember | null, now: string): boolean => member?.leavesAt != null && member.leavesAt <= now;

const inParts = (ids: readonly string[], atMost: number): string[][] => Array.from({ length: Math.ceil(ids.length / atMost) }, (_, i) => ids.slice(i * atMost, (i + 1) * atMost));

const coversAll = (scope: Scope): boolean => scope.covers(null) && scope.covers('');

const accessOn = (account: DirectoryAccount, now: string): AccountAccess => ({ accountId: account.id, ownerId: ownerToday(account, now), team: account.team });

/** Whose an account is at an instant; null for one that nobody owns. */
export function ownerToday(account: DirectoryAccount, now: string): string | null {
  return account.owners.findLast((owner) => owner.from <= now)?.ownerId ?? account.owners[0]?.ownerId ?? null;
}
