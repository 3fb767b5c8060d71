import { Inject, Injectable } from '@nestjs/common';
import { opportunityContract } from '@keyfold/contracts';
import { type EventStore, idOf } from '@keyfold/event-sourcing';
import { Commands, STORE } from '@keyfold/event-sourcing-nest';
import { OpenItems } from '@keyfold/platform';
import { isDeal, opportunity } from './opportunity.aggregate.js';

const AT_ONCE = 50;

/** The open deals of an account, folded from the log for the answer to its closure. */
@Injectable()
export class OpenDeals extends OpenItems {
  constructor(
    private readonly commands: Commands,
    @Inject(STORE) private readonly store: EventStore,
  ) {
    super();
  }

  async count(accountId: string, attached: readonly string[]): Promise<number> {
    const streams = [...new Set([...(await this.store.streamsOf(accountId, opportunityContract.streamPrefix)), ...attached])];
    let open = 0;
    for (let i = 0; i < streams.length; i += AT_ONCE) {
      const found = await Promise.all(streams.slice(i, i + AT_ONCE).map((streamId) => this.isOpenOn(accountId, streamId)));
      open += found.filter(Boolean).length;
    }
    return open;
  }

  private async isOpenOn(accountId: string, streamId: string): Promise<boolean> {
    const { state } = await this.commands.load(opportunity, idOf(opportunityContract, streamId));
    return isDeal(state) && state.state === 'open' && (state.accountId === null || state.accountId === accountId);
  }
}
