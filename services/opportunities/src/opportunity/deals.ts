import { Injectable } from '@nestjs/common';
import { DomainError, NotFound } from '@keyfold/event-sourcing';
import { type AggregateCommand, Commands, type Scope } from '@keyfold/event-sourcing-nest';
import { Access, ReportingTime } from '@keyfold/platform';
import { offering } from '../offering/offering.aggregate.js';
import { type Deal, isDeal, opportunity, type Opportunity } from './opportunity.aggregate.js';

/** Questions that the commands of a deal ask before they decide. */
@Injectable()
export class Deals {
  constructor(
    private readonly commands: Commands,
    private readonly access: Access,
    private readonly time: ReportingTime,
  ) {}

  /**
   * The deal, for what has to be known before the decision, and by whom it is judged to be in scope: its own owner, or else the owner of its account.
   * Null for one that is not there (any more): the decision says so, or a repeated command gets its first result. NotFound for a deal beyond the caller's scope.
   */
  async find(command: AggregateCommand): Promise<{ deal: Deal | null; ownerOf: (state: Opportunity) => string | null }> {
    const { state } = await this.commands.load(opportunity, command.id);
    const deal = isDeal(state) ? state : null;
    const account = deal?.accountId ? await this.access.account(deal.accountId) : null;
    const accountOwner = account && (await this.access.ownerOf(account.id));
    const ownerOf = (current: Opportunity): string | null => {
      const ownerId = isDeal(current) ? current.ownerId : null;
      return account === null || command.scope.covers(ownerId) ? ownerId : accountOwner;
    };
    if (deal && !command.scope.covers(ownerOf(deal))) throw new NotFound('opportunity', command.id);
    return { deal, ownerOf };
  }

  /** Refuses an account that Keyfold does not know or that the caller may not touch. */
  async assertAccount(accountId: string, scope: Scope): Promise<void> {
    if (!(await this.access.account(accountId))) throw new DomainError('account-unknown');
    if (!scope.covers(await this.access.ownerOf(accountId))) throw new NotFound('key-account', accountId);
  }

  /** Refuses an account that is known to be closing, closed or merged into another one. A barrier that the directory has not heard of yet is the guard's business. */
  async assertNotClosing(accountId: string): Promise<void> {
    const account = await this.access.account(accountId);
    if (account?.status === 'closing' || account?.status === 'closed') throw new DomainError(`account-${account.status}`);
    if (account?.status === 'merged') throw new DomainError('account-merged', { successorId: account.successorId! });
  }

  async assertOwner(ownerId: string, scope: Scope): Promise<void> {
    if (ownerId === scope.memberId) return;
    if (!(await this.access.member(ownerId)) || !scope.covers(ownerId)) throw new DomainError('member-unknown');
  }

  async assertOffered(offeringId: string): Promise<void> {
    const { state } = await this.commands.load(offering, offeringId);
    if (state.status === 'unknown' || state.status === 'withdrawn') throw new DomainError('offering-unknown');
    if (state.status === 'retired') throw new DomainError('offering-retired');
  }

  today(): string {
    return this.time.dateOf(this.commands.now().getTime());
  }

  /** The instant of a closing that is known by its day: the day's first, but never before the opening on the same day. Undefined for today: now. */
  closedAt(closedOn: string | undefined, deal: Deal | null): string | undefined {
    if (closedOn === undefined || deal === null || closedOn === this.today()) return undefined;
    if (closedOn > this.today()) throw new DomainError('date-in-the-future', { today: this.today() });
    return closedOn === this.time.dateOf(deal.openedAt) ? deal.openedAt : this.time.startOfDay(closedOn);
  }
}
