import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Money, type Stage, STAGES } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsPositiveMoney, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Deals } from './deals.js';
import { advance, opportunity } from './opportunity.aggregate.js';

export class AdvanceOpportunity extends AggregateCommand {
  @IsIn(STAGES) to!: Stage;
  @IsOptional() @IsPositiveMoney() amount?: Money | null;
  @IsOptional() @IsDateOnly() expectedCloseOn?: string | null;
  /** Required to go back. */
  @IsOptional() @IsText(500) reason?: string | null;
}

@CommandHandler(AdvanceOpportunity)
export class AdvanceOpportunityHandler implements ICommandHandler<AdvanceOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
  ) {}

  async execute(command: AdvanceOpportunity) {
    const { to, amount, expectedCloseOn, reason } = command;
    const facts = { to, amount: amount ?? undefined, expectedCloseOn: expectedCloseOn ?? undefined, reason: reason ?? null };
    const today = this.deals.today();
    const { ownerOf } = await this.deals.find(command);
    return this.commands.change(opportunity, command, ownerOf, (deal) => advance(deal, facts, today));
  }
}
