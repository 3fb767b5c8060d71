import { Inject, Injectable } from '@nestjs/common';
import type { Money } from '@keyfold/contracts';
import { DomainError, type ProjectionStore } from '@keyfold/event-sourcing';
import { Commands, PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { keyAccount } from '../key-account/key-account.aggregate.js';
import { wonDeals } from './won-deals.projection.js';

/** Questions about the deals, as far as accounts has heard of them. */
@Injectable()
export class WonDeals {
  constructor(
    private readonly commands: Commands,
    @Inject(PROJECTIONS) private readonly store: ProjectionStore,
  ) {}

  /** What a deal of the account, or of one that was merged into it, brought; refuses any other. */
  async valueOf(opportunityId: string, accountId: string): Promise<Money> {
    const deal = await this.store.view(wonDeals).get(opportunityId);
    const { state: account } = await this.commands.load(keyAccount, accountId);
    const own = account.status === 'unknown' ? [] : [accountId, ...account.absorbed];
    if (!deal?.amount || !own.includes(deal.accountId)) throw new DomainError('marketing-deal-not-won');
    return deal.amount;
  }
}
