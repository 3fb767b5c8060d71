import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { LOSS_REASONS, type LossReason } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsName, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Deals } from './deals.js';
import { lose, opportunity } from './opportunity.aggregate.js';

export class LoseOpportunity extends AggregateCommand {
  @IsIn(LOSS_REASONS) reason!: LossReason;
  /** Who won instead; required when the reason is `competitor`. */
  @IsOptional() @IsName() competitor?: string | null;
  @IsOptional() @IsText(2_000) note?: string | null;
}

@CommandHandler(LoseOpportunity)
export class LoseOpportunityHandler implements ICommandHandler<LoseOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
  ) {}

  async execute(command: LoseOpportunity) {
    const { reason, competitor = null, note = null } = command;
    const { ownerOf } = await this.deals.find(command);
    return this.commands.change(opportunity, command, ownerOf, (deal) => lose(deal, { reason, competitor, note }));
  }
}
