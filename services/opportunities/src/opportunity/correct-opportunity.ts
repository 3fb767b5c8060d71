import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Money } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsName, IsPositiveMoney, IsText, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { correct } from './corrected-opportunity.aggregate.js';
import { Deals } from './deals.js';
import { type Deal, opportunity } from './opportunity.aggregate.js';

/** What is absent or null stays as it is. */
export class CorrectOpportunity extends AggregateCommand {
  @IsText(500) reason!: string;
  @IsOptional() @IsName() name?: string | null;
  @IsOptional() @IsPositiveMoney() amount?: Money | null;
  @IsOptional() @IsDateOnly() expectedCloseOn?: string | null;
  @IsOptional() @IsDateOnly() closedOn?: string | null;
  @IsOptional() @IsId() ownerId?: string | null;
  @IsOptional() @IsId() offeringId?: string | null;
}

@CommandHandler(CorrectOpportunity)
export class CorrectOpportunityHandler implements ICommandHandler<CorrectOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
    private readonly time: ReportingTime,
  ) {}

  async execute(command: CorrectOpportunity) {
    const { reason, name, amount, expectedCloseOn, ownerId, offeringId, scope } = command;
    const { deal, ownerOf } = await this.deals.find(command);
    await this.commands.unlessRepeated(command, async () => {
      if (ownerId) await this.deals.assertOwner(ownerId, scope);
      if (offeringId) await this.deals.assertOffered(offeringId);
    });
    const given = Object.entries({ name, amount, expectedCloseOn, ownerId, offeringId }).filter(([, value]) => value !== undefined && value !== null);
    const closedAt = this.closedAt(command, deal);
    const correction = { reason, ...Object.fromEntries(given), ...(closedAt !== undefined && { closedAt }) };
    const today = this.deals.today();
    return this.commands.change(opportunity, command, ownerOf, (state) => correct(state, correction, today));
  }

  /** Undefined when the day is right already. */
  private closedAt({ closedOn, context }: CorrectOpportunity, deal: Deal | null): string | undefined {
    if (!closedOn || !deal || (deal.closure && this.time.dateOf(deal.closure.at) === closedOn)) return undefined;
    return this.deals.closedAt(closedOn, deal) ?? context.now;
  }
}
