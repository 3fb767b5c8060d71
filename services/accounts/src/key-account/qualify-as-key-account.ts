import { type Tier, TIERS } from '@keyfold/contracts';
import { AggregateCommand, useCase } from '@keyfold/event-sourcing-nest';
import { IsText } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { asPrepared } from './as-prepared.js';
import { keyAccount, ownerOf, versionOf } from './key-account.aggregate.js';
import { disqualify, qualify } from './key-account.tier.js';
import { TierTerms } from './tier-terms.js';

/** A tier by a director's word, on the score of the account. Whoever else wants one for an account requests it. */
export class QualifyAsKeyAccount extends AggregateCommand {
  @IsIn(TIERS) tier!: Tier;
  @IsText(500) reason!: string;
}

export const qualifyAsKeyAccountCase = useCase(QualifyAsKeyAccount, {
  route: 'key-accounts/:id/qualify',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierTerms],
  async prepare(command, account, [terms]) {
    const [reviewOn, selection] = await Promise.all([terms.reviewOn(), terms.selectionFor(account)]);
    if (qualify(account, command, reviewOn, selection).length > 0) await terms.claim(command, account, command.tier);
    return { reviewOn, selection, at: versionOf(account) };
  },
  decide: (account, command, { reviewOn, selection, at }) => asPrepared(at, account, command, qualify(account, command, reviewOn, selection)),
  follow: (command, account, [terms]) => terms.settle(command, account),
});

/** No key account any more. */
export class Disqualify extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const disqualifyCase = useCase(Disqualify, {
  route: 'key-accounts/:id/disqualify',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierTerms],
  decide: (account, { reason }) => disqualify(account, reason),
  follow: (command, account, [terms]) => terms.settle(command, account),
});
