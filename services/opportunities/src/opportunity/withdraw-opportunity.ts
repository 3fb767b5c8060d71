import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { opportunity } from './opportunity.aggregate.js';
import { withdraw } from './recorded-opportunity.aggregate.js';

/** Takes an imported deal back. An import is the whole organisation's, and so is taking it back: no scope, like recording. */
export class WithdrawOpportunity extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(WithdrawOpportunity)
export class WithdrawOpportunityHandler implements ICommandHandler<WithdrawOpportunity> {
  constructor(private readonly commands: Commands) {}

  execute(command: WithdrawOpportunity) {
    return this.commands.change(opportunity, command, null, (deal) => withdraw(deal, command.reason));
  }
}
