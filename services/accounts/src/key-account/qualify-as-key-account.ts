import { type Tier, TIERS } from '@keyfold/contracts';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { claimTierASeat, release, reservation, tierASeats } from '../reservation/reservation.aggregate.js';
import { isTierA, keyAccount, ownerOf, qualify } from './key-account.aggregate.js';

export class QualifyAsKeyAccount extends AggregateCommand {
  @IsIn(TIERS) tier!: Tier;
  @IsText(500) reason!: string;
}

export const qualifyAsKeyAccountCase = useCase(QualifyAsKeyAccount, {
  route: 'key-accounts/:id/qualify',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Commands],
  /** The seat is claimed before the tier is given and released after it is taken: a crash between the two leaves a seat too many, never an account too many. */
  async prepare(command, account, [commands]) {
    const owner = ownerOf(account);
    const changes = qualify(account, command.tier, command.reason).length > 0;
    if (changes && command.tier === 'A' && owner) await commands.also(reservation, tierASeats(owner), command, 'claim', (seats) => claimTierASeat(seats, command.id));
  },
  decide: (account, { tier, reason }) => qualify(account, tier, reason),
  async after(command, account, [commands]) {
    const owner = ownerOf(account);
    if (!isTierA(account) && owner) await commands.also(reservation, tierASeats(owner), command, 'release', (seats) => release(seats, command.id));
  },
});
