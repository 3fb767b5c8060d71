import { Inject, Injectable } from '@nestjs/common';
import { type Actor, DomainError, NotFound, type ProjectionStore } from '@keyfold/event-sourcing';
import { type AggregateCommand, Commands, PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { accountDirectory, Settings } from '@keyfold/platform';
import { keyAccount, ownsFrom } from '../key-account/key-account.aggregate.js';
import { keyAccounts } from '../key-account/key-accounts.projection.js';
import { entriesOf } from '../reservation/buckets.js';
import { assertPresent, entrust, type KnownMember, ownsAccounts, type TeamMember, teamMember } from './team-member.aggregate.js';
import { teamMembers } from './team-members.projection.js';

/** More accounts than one member ever had. */
const ACCOUNTS_LIMIT = 10_000;

/** How much longer than the deadline a command may still take, and how far the clocks of two processes may be apart. */
const MARGIN_MS = 2_000;

/** A command that says who leads a member. */
type Placing = AggregateCommand & { readonly managerId?: string | null };

/** Questions that other commands ask about members, answered from the members' own streams. */
@Injectable()
export class TeamMembers {
  constructor(
    private readonly commands: Commands,
    private readonly settings: Settings,
    @Inject(PROJECTIONS) private readonly store: ProjectionStore,
  ) {}

  /** Refuses whom Keyfold does not know, and who has left or is leaving. */
  async assertOnboarded(memberId: string): Promise<void> {
    await this.present(memberId);
  }

  /** Refuses whom no account can belong to: accounts have an account manager, or a director. */
  async assertAccountManager(memberId: string): Promise<void> {
    asAccountManager(await this.present(memberId));
  }

  async present(memberId: string): Promise<KnownMember> {
    return assertPresent((await this.commands.load(teamMember, memberId)).state);
  }

  /** Claimed before an account, the command's target, becomes the member's, in `prepare` of whatever makes it his; refuses a member who is leaving. */
  entrust(command: AggregateCommand, memberId: string): void {
    this.entrustTo(command, memberId, (member) => member);
  }

  /** The same, and refuses whom `assertAccountManager` refuses, in the same decision. */
  entrustToManager(command: AggregateCommand, memberId: string): void {
    this.entrustTo(command, memberId, (member) => asAccountManager(assertPresent(member)));
  }

  /**
   * The accounts entrusted to a member, each seen to be nobody's or somebody else's from an instant on; refuses while one is his. An account that was entrusted within the
   * last command deadline and is not his may become it any moment: refused as well. Whatever is entrusted later changes the member's stream, on which the leaving is decided.
   */
  async assertHandedOver(memberId: string, from: string): Promise<KnownMember['entrusted']> {
    const { state } = await this.commands.load(teamMember, memberId);
    const entrusted = state.status === 'onboarded' ? state.entrusted : [];
    const his = new Set<string>();
    for (const accountId of new Set([...entriesOf(entrusted).map(([accountId]) => accountId), ...(await this.ownedBefore(memberId))]))
      if (ownsFrom((await this.commands.load(keyAccount, accountId)).state, memberId, from)) his.add(accountId);
    if (his.size > 0) throw new DomainError('portfolio-not-handed-over', { count: his.size });
    const settled = this.settledBefore();
    if (entriesOf(entrusted).some(([, at]) => at > settled)) throw new DomainError('portfolio-changing');
    return entrusted;
  }

  private entrustTo(command: AggregateCommand, memberId: string, checked: (member: TeamMember) => TeamMember): void {
    const { id, context: { now } } = command;
    this.commands.claim(teamMember, memberId, command, `entrust:${id}:${now}`, (member) => entrust(checked(member), id, now));
  }

  /** What was claimed before this instant was followed by its append, or never will be. */
  settledBefore(): string {
    return new Date(this.commands.now().getTime() - this.settings.commandDeadlineMs - MARGIN_MS).toISOString();
  }

  /** Accounts that became the member's before there was an entrusting. */
  private async ownedBefore(memberId: string): Promise<string[]> {
    const accounts = await this.store.view(accountDirectory).find({ filter: { memberIds: memberId }, sort: {}, limit: ACCOUNTS_LIMIT });
    return accounts.filter(({ owners }) => owners.some(({ ownerId }) => ownerId === memberId)).map(({ id }) => id);
  }

  /** Refuses while others report to the member. */
  async assertNoReports(memberId: string): Promise<void> {
    const count = await this.store.view(teamMembers).count({ managerId: memberId, status: 'onboarded' });
    if (count > 0) throw new DomainError('member-has-reports', { count });
  }

  async managerOf(memberId: string): Promise<string | null> {
    const { state } = await this.commands.load(teamMember, memberId);
    return state.status === 'onboarded' ? state.managerId : null;
  }

  /** HR looks after everybody, and so does a director whom nobody leads. */
  async leadsEverybody({ roles, memberId }: Actor): Promise<boolean> {
    return roles.includes('hr') || memberId === null || (await this.managerOf(memberId)) === null;
  }

  /** A director who is led gives those who are his to managers who are: nobody takes over the people of another, and with them their accounts, or ends being led himself. */
  async assertPlaces({ id, managerId = null, scope, context: { actor } }: Placing, member: TeamMember): Promise<void> {
    if (await this.leadsEverybody(actor)) return;
    if (member.status !== 'unknown' && !scope.covers(id)) throw new NotFound('team-member', id);
    if (managerId === null || !scope.covers(managerId)) throw new DomainError('manager-elsewhere');
  }

  /** Refuses a new manager who has left or is leaving, or who reports, over any number of levels, to the member himself. A manager whom Keyfold does not know yet is legal. */
  async assertLeads(managerId: string | null, memberId: string, member: TeamMember): Promise<void> {
    if (member.status === 'onboarded' && member.managerId === managerId) return;
    const seen = new Set([memberId]);
    for (let id = managerId; id !== null; ) {
      if (seen.has(id)) throw new DomainError('manager-cycle');
      seen.add(id);
      const manager: TeamMember = (await this.commands.load(teamMember, id)).state;
      if (id === managerId && manager.status === 'offboarded') throw new DomainError('member-offboarded');
      id = manager.status === 'onboarded' ? manager.managerId : null;
    }
  }

  /** Refuses while somebody reports to the member or an account is his. */
  async assertNotNeeded(memberId: string): Promise<void> {
    const [reports, accounts] = await Promise.all([
      this.store.view(teamMembers).count({ managerId: memberId }),
      this.store.view(keyAccounts).count({ ownerId: memberId }),
    ]);
    if (reports + accounts > 0) throw new DomainError('withdraw-built-upon');
  }
}

function asAccountManager(member: KnownMember): KnownMember {
  if (!ownsAccounts(member.role)) throw new DomainError('owner-not-account-manager');
  return member;
}
