import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Tier, TIERS } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { claimTierASeat, release, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { keyAccount, ownerOf, qualify } from './key-account.aggregate.js';

export class QualifyAsKeyAccount extends AggregateCommand {
  @IsIn(TIERS) tier!: Tier;
  @IsText(500) reason!: string;
}

@CommandHandler(QualifyAsKeyAccount)
export class QualifyAsKeyAccountHandler implements ICommandHandler<QualifyAsKeyAccount> {
  constructor(private readonly commands: Commands) {}

  /** The seat is claimed before the tier is given and released after it is taken: a crash between the two leaves a seat too many, never an account too many. */
  async execute(command: QualifyAsKeyAccount) {
    let owner: string | null = null;
    await this.commands.before(keyAccount, command, ownerOf, async (account) => {
      owner = ownerOf(account);
      const changes = qualify(account, command.tier, command.reason).length > 0;
      if (changes && command.tier === 'A' && owner) await this.commands.also(reservation, tierASeats(owner), command, 'claim', (seats) => claimTierASeat(seats, command.id));
    });
    const result = await this.commands.change(keyAccount, command, ownerOf, (account) => qualify(account, command.tier, command.reason));
    if (command.tier !== 'A' && owner) await this.commands.also(reservation, tierASeats(owner), command, 'release', (seats) => release(seats, command.id));
    return result;
  }
}
