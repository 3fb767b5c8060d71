import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type Money, type Motion, MOTIONS } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { AccountGuard, IsDateOnly, IsId, IsName, IsPositiveMoney } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { Deals } from './deals.js';
import { open, opportunity, takeBackOpening } from './opportunity.aggregate.js';

export class OpenOpportunity extends AggregateCommand {
  @IsId() accountId!: string;
  @IsName() name!: string;
  @IsOptional() @IsId() offeringId?: string | null;
  @IsIn(MOTIONS) motion!: Motion;
  @IsOptional() @IsPositiveMoney() amount?: Money | null;
  @IsOptional() @IsDateOnly() expectedCloseOn?: string | null;
  /** Whoever opens it, when absent. */
  @IsOptional() @IsId() ownerId?: string | null;
}

@CommandHandler(OpenOpportunity)
export class OpenOpportunityHandler implements ICommandHandler<OpenOpportunity> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
    private readonly guard: AccountGuard,
  ) {}

  async execute(command: OpenOpportunity) {
    const { accountId, name, offeringId = null, motion, amount = null, expectedCloseOn = null, scope } = command;
    const ownerId = command.ownerId ?? scope.memberId!;
    const facts = { accountId, name, ownerId, offeringId, motion, amount, expectedCloseOn };
    const today = this.deals.today();
    return this.guard.opening(command, accountId, {
      check: async () => {
        await this.deals.assertAccount(accountId, scope);
        await this.deals.assertNotClosing(accountId);
        await this.deals.assertOwner(ownerId, scope);
        if (offeringId !== null) await this.deals.assertOffered(offeringId);
      },
      open: (inTime) => this.commands.create(opportunity, command, (state) => inTime(open(state, facts, today))),
      takeBack: (step) => this.commands.also(opportunity, command.id, command, step, takeBackOpening),
    });
  }
}
