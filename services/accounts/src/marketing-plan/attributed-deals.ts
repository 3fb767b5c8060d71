import { Injectable } from '@nestjs/common';
import { type AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { attributedDeal, claimAttribution, giveUp, holdingsIn, reservation } from '../reservation/reservation.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { isAttributedIn, marketingPlan } from './marketing-plan.aggregate.js';

/** A won deal counts in one marketing plan: claimed before the plan says so, and given up once the plan does not any more and another one wants it. */
@Injectable()
export class AttributedDeals {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  /** For the plan that the command is told to; refuses (`marketing-deal-attributed`) a deal of another one. */
  async claim(command: AggregateCommand, opportunityId: string): Promise<void> {
    await this.giveUpPast(command, opportunityId);
    const { id: planId, context } = command;
    await this.commands.also(reservation, attributedDeal(opportunityId), command, `claim:${context.now}`, (held) => claimAttribution(held, planId));
  }

  /** Not where the other plan may be about to say it; one that does so after it was looked at claims the deal anew. */
  private async giveUpPast(command: AggregateCommand, opportunityId: string): Promise<void> {
    const { state: held } = await this.commands.load(reservation, attributedDeal(opportunityId));
    for (const [planId, seen] of holdingsIn(held)) {
      if (planId === command.id || seen.edges.at(-1)!.from > this.members.settledBefore()) continue;
      if (isAttributedIn((await this.commands.load(marketingPlan, planId)).state, opportunityId)) continue;
      await this.commands.also(reservation, attributedDeal(opportunityId), command, `give-up:${planId}`, (now) => giveUp(now, planId, seen));
    }
  }
}
