import { Inject, Injectable } from '@nestjs/common';
import type { Money } from '@keyfold/contracts';
import { DomainError, type ProjectionStore } from '@keyfold/event-sourcing';
import { Commands, PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { keyAccount, type RegisteredAccount } from '../key-account/key-account.aggregate.js';
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
    if (!deal?.amount || !(await this.endsIn(deal.accountId, accountId))) throw new DomainError('marketing-deal-not-won');
    return deal.amount;
  }

  /** When a deal of the account, or of one that was merged into it, was won last; null where none was. */
  async lastWonAt(accountId: string): Promise<string | null> {
    const family = [accountId]; // grows while it is gone through, by who was merged into one that was merged
    for (const id of family) family.push(...((await this.account(id))?.absorbed ?? []));
    const [deal] = await this.store.view(wonDeals).find({ filter: { accountId: { $in: family } }, sort: { wonAt: -1 }, limit: 1 });
    return deal?.wonAt ?? null;
  }

  /** Whether what belongs to the one belongs to the other by now. The way has an end: what is merged takes nobody in. */
  private async endsIn(from: string, accountId: string): Promise<boolean> {
    for (let id: string | null = from; id !== null; id = (await this.account(id))?.successorId ?? null) if (id === accountId) return true;
    return false;
  }

  private async account(id: string): Promise<RegisteredAccount | null> {
    const { state } = await this.commands.load(keyAccount, id);
    return state.status === 'unknown' ? null : state;
  }
}
