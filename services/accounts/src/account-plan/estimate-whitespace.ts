import type { Money } from '@keyfold/contracts';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsPositiveMoney, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Offerings } from '../offering/offerings.js';
import { Policies } from '../policy/policies.js';
import { Groups } from '../relationship-map/groups.js';
import { accountPlanUseCase } from './account-plan.js';
import { assertNotAhead } from './account-plan.environment.aggregate.js';
import { estimatePotential, excludeCell, includeCell, recordBuyingCentre, recordCellRevenue } from './account-plan.whitespace.aggregate.js';
import { EstimateCommand } from './estimate-shares.js';

/** A part of the client that buys for itself: one of its accounts, or a department. */
export class RecordBuyingCentre extends AggregateCommand {
  @IsId() buyingCentreId!: string;
  @IsName() name!: string;
  @IsOptional() @IsId() accountId?: string | null;
}

export const recordBuyingCentreCase = accountPlanUseCase(RecordBuyingCentre, {
  step: 'record-buying-centre',
  needs: [Groups],
  async prepare({ accountId }, plan, [groups]) {
    if (accountId && (await groups.rootOf(accountId)) !== (await groups.rootOf(plan.accountId))) throw new DomainError('plan-buying-centre-outside-group');
  },
  decide: (plan, { buyingCentreId, name, accountId = null }) => recordBuyingCentre(plan, { buyingCentreId, name, accountId }),
});

export class EstimatePotential extends EstimateCommand {
  @IsId() buyingCentreId!: string;
  @IsId() offeringId!: string;
  /** What the cell could buy in a year, from us or from a rival. */
  @IsPositiveMoney() potential!: Money;
  /** The part of it that is open to us now. */
  @IsOptional() @IsPositiveMoney() addressable?: Money | null;
}

export const estimatePotentialCase = accountPlanUseCase(EstimatePotential, {
  step: 'estimate-potential',
  needs: [Offerings, Policies],
  prepare: ({ offeringId }, _plan, [offerings]) => offerings.assertSold(offeringId),
  decide(plan, { buyingCentreId, offeringId, potential, addressable, source, confidence, estimatedOn }, _prepared, [, policies]) {
    assertNotAhead(estimatedOn, policies.today());
    return estimatePotential(plan, { buyingCentreId, offeringId, potential: { ...potential }, addressable: addressable ? { ...addressable } : null, source, confidence, estimatedOn });
  },
});

/** What a cell buys from us in a year, as of a day. */
export class RecordCellRevenue extends AggregateCommand {
  @IsId() buyingCentreId!: string;
  @IsId() offeringId!: string;
  @IsPositiveMoney() revenue!: Money;
  @IsDateOnly() asOf!: string;
}

export const recordCellRevenueCase = accountPlanUseCase(RecordCellRevenue, {
  step: 'record-cell-revenue',
  needs: [Offerings, Policies],
  prepare: ({ offeringId }, _plan, [offerings]) => offerings.known(offeringId),
  decide(plan, { buyingCentreId, offeringId, revenue, asOf }, _prepared, [, policies]) {
    assertNotAhead(asOf, policies.today());
    return recordCellRevenue(plan, { buyingCentreId, offeringId, revenue: { ...revenue }, asOf });
  },
});

export class ExcludeCell extends AggregateCommand {
  @IsId() buyingCentreId!: string;
  @IsId() offeringId!: string;
  @IsText(500) reason!: string;
}

export const excludeCellCase = accountPlanUseCase(ExcludeCell, {
  step: 'exclude-cell',
  needs: [Offerings],
  prepare: ({ offeringId }, _plan, [offerings]) => offerings.known(offeringId),
  decide: (plan, { buyingCentreId, offeringId, reason }) => excludeCell(plan, { buyingCentreId, offeringId }, reason),
});

export class IncludeCell extends AggregateCommand {
  @IsId() buyingCentreId!: string;
  @IsId() offeringId!: string;
}

export const includeCellCase = accountPlanUseCase(IncludeCell, {
  step: 'include-cell',
  decide: (plan, { buyingCentreId, offeringId }) => includeCell(plan, { buyingCentreId, offeringId }),
});
