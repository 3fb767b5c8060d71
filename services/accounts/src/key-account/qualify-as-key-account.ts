import { type Tier, TIERS } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { isTierA, keyAccount, ownerOf, qualify } from './key-account.aggregate.js';
import { TierASeats } from './tier-a-seats.js';

export class QualifyAsKeyAccount extends AggregateCommand {
  @IsIn(TIERS) tier!: Tier;
  @IsText(500) reason!: string;
}

export const qualifyAsKeyAccountCase = useCase(QualifyAsKeyAccount, {
  route: 'key-accounts/:id/qualify',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierASeats],
  async prepare(command, account, [seats]) {
    const owner = ownerOf(account);
    const changes = qualify(account, command.tier, command.reason).length > 0;
    if (changes && command.tier === 'A' && owner) await seats.claim(command, owner);
  },
  decide: (account, { tier, reason }) => qualify(account, tier, reason),
  async after(command, account, [seats]) {
    const owner = ownerOf(account);
    if (!isTierA(account) && owner) await seats.release(command, owner);
  },
});
