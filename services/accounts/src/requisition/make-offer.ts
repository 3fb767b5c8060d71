import { type Money, OFFER_DECLINE_CAUSES, type OfferDeclineCause } from '@keyfold/contracts';
import { AggregateCommand, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsPositiveMoney, IsText } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Policies } from '../policy/policies.js';
import { RECRUITERS } from './open-requisition.js';
import { managerOf, requisition } from './requisition.aggregate.js';
import { acceptOffer, declineOffer, makeOffer } from './requisition.candidates.js';

export class MakeOffer extends AggregateCommand {
  @IsId() candidateId!: string;
  /** A year's gross fixed pay. */
  @IsPositiveMoney() salary!: Money;
  @IsDateOnly() validUntil!: string;
  /** Why the salary lies outside the band. */
  @IsOptional() @IsText(500) reason?: string | null;
}

export const makeOfferCase = useCase(MakeOffer, {
  route: 'requisitions/:id/make-offer',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  needs: [Policies],
  decide(state, { candidateId, salary: { amountMinor, currency }, validUntil, reason = null, context: { commandId, actor } }, _prepared, [policies]) {
    const offer = { offerId: uuid5(commandId, 'offer'), candidateId, salary: { amountMinor, currency }, validUntil, reason };
    return makeOffer(state, offer, { today: policies.today(), byDirector: actor.roles.includes('director') });
  },
});

export class AcceptOffer extends AggregateCommand {
  @IsId() offerId!: string;
}

export const acceptOfferCase = useCase(AcceptOffer, {
  route: 'requisitions/:id/accept-offer',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  needs: [Policies],
  decide: (state, { offerId }, _prepared, [policies]) => acceptOffer(state, offerId, policies.today()),
});

export class DeclineOffer extends AggregateCommand {
  @IsId() offerId!: string;
  @IsIn(OFFER_DECLINE_CAUSES) cause!: OfferDeclineCause;
}

export const declineOfferCase = useCase(DeclineOffer, {
  route: 'requisitions/:id/decline-offer',
  roles: RECRUITERS,
  on: requisition,
  ownerOf: managerOf,
  decide: (state, { offerId, cause }) => declineOffer(state, offerId, cause),
});
