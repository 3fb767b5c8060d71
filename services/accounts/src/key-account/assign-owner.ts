import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { claimTierASeat, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { assignOwner, isTierA, keyAccount, ownerOf } from './key-account.aggregate.js';

export class AssignOwner extends AggregateCommand {
  @IsId() ownerId!: string;
}

@CommandHandler(AssignOwner)
export class AssignOwnerHandler implements ICommandHandler<AssignOwner> {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  async execute(command: AssignOwner) {
    await this.commands.before(keyAccount, command, ownerOf, async (account) => {
      await this.members.assertOnboarded(command.ownerId);
      const changes = assignOwner(account, command.ownerId).length > 0;
      if (changes && isTierA(account)) await this.commands.also(reservation, tierASeats(command.ownerId), command, 'claim', (seats) => claimTierASeat(seats, command.id));
    });
    return this.commands.change(keyAccount, command, ownerOf, (account) => assignOwner(account, command.ownerId));
  }
}
