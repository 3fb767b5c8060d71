import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { streamOf, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { AccountGuard, IsText } from '@keyfold/platform';
import { Deals } from './deals.js';
import { isDeal, opportunity, reopen, takeBackOpening } from './opportunity.aggregate.js';

export class ReopenOpportunity extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(ReopenOpportunity)
export class ReopenOpportunityHandler implements ICommandHandler<ReopenOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
    private readonly guard: AccountGuard,
  ) {}

  async execute(command: ReopenOpportunity) {
    const { deal: known, ownerOf } = await this.deals.find(command);
    const accountId = known?.accountId ?? null;
    const run = (inTime = <Events>(events: Events): Events => events) =>
      this.commands.change(opportunity, command, ownerOf, (deal) => {
        // An account attached in between has a guard that was not asked.
        if (isDeal(deal) && deal.accountId !== accountId) throw new WrongExpectedVersion(streamOf(opportunity.contract, command.id), known?.version ?? 0);
        return inTime(reopen(deal, command.reason, command.context.now));
      });
    if (accountId === null) return run();
    return this.guard.opening(command, accountId, {
      check: () => this.deals.assertNotClosing(accountId),
      open: run,
      takeBack: (step) => this.commands.also(opportunity, command.id, command, step, takeBackOpening),
    });
  }
}
