import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { TeamMembers } from '../team-member/team-members.js';
import { asPrepared } from './as-prepared.js';
import { keyAccount, ownerOf, versionOf } from './key-account.aggregate.js';
import { assignOwner } from './key-account.belonging.js';
import { TierASeats } from './tier-a-seats.js';

export class AssignOwner extends AggregateCommand {
  @IsId() ownerId!: string;
}

export const assignOwnerCase = useCase(AssignOwner, {
  route: 'key-accounts/:id/assign-owner',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierASeats, TeamMembers],
  async prepare(command, account, [seats, members]) {
    if (assignOwner(account, command.ownerId).length > 0) await seats.entrust(command, account, command.ownerId);
    else await members.assertAccountManager(command.ownerId);
    return versionOf(account);
  },
  decide: (account, command, preparedAt) => asPrepared(preparedAt, account, command, assignOwner(account, command.ownerId)),
});
