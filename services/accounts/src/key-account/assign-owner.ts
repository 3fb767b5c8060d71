import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { claimTierASeat, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { assignOwner, isTierA, keyAccount, ownerOf } from './key-account.aggregate.js';

export class AssignOwner extends AggregateCommand {
  @IsId() ownerId!: string;
}

export const assignOwnerCase = useCase(AssignOwner, {
  route: 'key-accounts/:id/assign-owner',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Commands, TeamMembers],
  async prepare(command, account, [commands, members]) {
    await members.assertOnboarded(command.ownerId);
    const changes = assignOwner(account, command.ownerId).length > 0;
    if (changes && isTierA(account)) await commands.also(reservation, tierASeats(command.ownerId), command, 'claim', (seats) => claimTierASeat(seats, command.id));
  },
  decide: (account, { ownerId }) => assignOwner(account, ownerId),
});
