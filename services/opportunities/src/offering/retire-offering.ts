import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { offering, retire } from './offering.aggregate.js';

export class RetireOffering extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(RetireOffering)
export class RetireOfferingHandler implements ICommandHandler<RetireOffering> {
  constructor(private readonly commands: Commands) {}

  execute(command: RetireOffering) {
    return this.commands.change(offering, command, null, (state) => retire(state, command.reason));
  }
}
