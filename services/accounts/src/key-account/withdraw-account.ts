import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { HIERARCHY, release, reservation } from '../reservation/reservation.aggregate.js';
import { keyAccount, ownerOf, withdraw } from './key-account.aggregate.js';

/** Takes an imported account back. */
export class WithdrawAccount extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const withdrawAccountCase = useCase(WithdrawAccount, {
  route: 'key-accounts/:id/withdraw',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Commands],
  decide: (account, { reason }) => withdraw(account, reason),
  after: (command, _account, [commands]) => commands.also(reservation, HIERARCHY, command, 'release', (edges) => release(edges, command.id)),
});
