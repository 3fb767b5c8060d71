import { type SelectionPoints, type Tier, TIERS } from '@keyfold/contracts';
import { type Actor } from '@keyfold/event-sourcing';
import { AggregateCommand, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsBodies, IsCode, IsId, IsText, IsWhole } from '@keyfold/platform';
import { IsIn } from 'class-validator';
import { accountUseCase } from './accounts.js';
import { asPrepared } from './as-prepared.js';
import { keyAccount, ownerOf, versionOf } from './key-account.aggregate.js';
import { approveTier, rejectTier, requestOf, requestTier, reviewTier, score } from './key-account.tier.js';
import { TierTerms } from './tier-terms.js';

class SelectionPointsBody implements SelectionPoints {
  @IsCode() criterion!: string;
  @IsWhole(0, 10) points!: number;
}

/** Points for each criterion of the selection policy of the day. */
export class ScoreAccount extends AggregateCommand {
  @IsBodies(() => SelectionPointsBody, 20, 1) points!: SelectionPointsBody[];
}

export const scoreAccountCase = accountUseCase(ScoreAccount, {
  route: 'key-accounts/:id/score',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [TierTerms],
  prepare: (_command, account, [terms]) => terms.selectionFor(account),
  decide: (account, { points }, { policy }, [terms]) => score(account, points.map(({ criterion, points: given }) => ({ criterion, points: given })), terms.today(), policy),
});

export class RequestTier extends AggregateCommand {
  @IsIn(TIERS) tier!: Tier;
  @IsText(500) reason!: string;
}

export const requestTierCase = accountUseCase(RequestTier, {
  route: 'key-accounts/:id/request-tier',
  roles: ['kam', 'director'],
  on: keyAccount,
  accountOf: (_account, { id }) => id,
  needs: [TierTerms],
  prepare: (_command, account, [terms]) => terms.selectionFor(account),
  decide: (account, { tier, reason, context }, selection) =>
    requestTier(account, { requestId: uuid5(context.commandId, 'tier-request'), tier, reason, requestedBy: whoIs(context.actor) }, selection),
});

/** By a director, who is not the one that asked. */
export class ApproveTier extends AggregateCommand {
  @IsId() requestId!: string;
}

export const approveTierCase = useCase(ApproveTier, {
  route: 'key-accounts/:id/approve-tier',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierTerms],
  async prepare(command, account, [terms]) {
    const [reviewOn, selection] = await Promise.all([terms.reviewOn(), terms.selectionFor(account)]);
    const approval = { requestId: command.requestId, by: whoIs(command.context.actor) };
    const request = requestOf(account, approval, 'approved');
    if (request && approveTier(account, approval, { reviewOn, selection }).length > 0) await terms.claim(command, account, request.tier);
    return { reviewOn, selection, at: versionOf(account) };
  },
  decide: (account, command, terms) => asPrepared(terms.at, account, command, approveTier(account, { requestId: command.requestId, by: whoIs(command.context.actor) }, terms)),
  follow: (command, account, [terms]) => terms.settle(command, account),
});

export class RejectTier extends AggregateCommand {
  @IsId() requestId!: string;
  @IsText(500) reason!: string;
}

export const rejectTierCase = useCase(RejectTier, {
  route: 'key-accounts/:id/reject-tier',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  decide: (account, { requestId, reason, context }) => rejectTier(account, { requestId, reason, by: whoIs(context.actor) }),
});

/** The tier was looked at and stays. */
export class ReviewTier extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const reviewTierCase = useCase(ReviewTier, {
  route: 'key-accounts/:id/review-tier',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [TierTerms],
  prepare: (_command, _account, [terms]) => terms.reviewOn(),
  decide: (account, { reason }, dueOn) => reviewTier(account, reason, dueOn),
});

const whoIs = ({ memberId, subject }: Actor): string => memberId ?? subject;
