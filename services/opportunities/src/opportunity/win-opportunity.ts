import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Money } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsPositiveMoney } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Deals } from './deals.js';
import { opportunity, win } from './opportunity.aggregate.js';

export class WinOpportunity extends AggregateCommand {
  @IsPositiveMoney() amount!: Money;
  /** Today, when absent. */
  @IsOptional() @IsDateOnly() closedOn?: string | null;
}

@CommandHandler(WinOpportunity)
export class WinOpportunityHandler implements ICommandHandler<WinOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
  ) {}

  async execute(command: WinOpportunity) {
    const { deal, ownerOf } = await this.deals.find(command);
    const closedAt = this.deals.closedAt(command.closedOn ?? undefined, deal);
    return this.commands.change(opportunity, command, ownerOf, (state) => win(state, command.amount, closedAt));
  }
}
