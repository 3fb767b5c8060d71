import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { HIERARCHY, release, reservation } from '../reservation/reservation.aggregate.js';
import { keyAccount, ownerOf, withdraw } from './key-account.aggregate.js';

/** Takes an imported account back. */
export class WithdrawAccount extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(WithdrawAccount)
export class WithdrawAccountHandler implements ICommandHandler<WithdrawAccount> {
  constructor(private readonly commands: Commands) {}

  async execute(command: WithdrawAccount) {
    const result = await this.commands.change(keyAccount, command, ownerOf, (account) => withdraw(account, command.reason));
    await this.commands.also(reservation, HIERARCHY, command, 'release', (edges) => release(edges, command.id));
    return result;
  }
}
