import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, Views } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { opportunities } from '../opportunity/opportunities.projection.js';
import { offering, withdrawOffering } from './offering.aggregate.js';

/** Takes an imported offering back while no deal has it. */
export class WithdrawOffering extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(WithdrawOffering)
export class WithdrawOfferingHandler implements ICommandHandler<WithdrawOffering> {
  constructor(
    private readonly commands: Commands,
    private readonly views: Views,
  ) {}

  async execute(command: WithdrawOffering) {
    await this.commands.before(offering, command, null, async () => {
      if ((await this.views.of(opportunities).count({ offeringId: command.id })) > 0) throw new DomainError('withdraw-built-upon');
    });
    return this.commands.change(offering, command, null, (state) => withdrawOffering(state, command.reason));
  }
}
