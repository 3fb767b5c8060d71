import { Injectable } from '@nestjs/common';
import { type AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { giveUpPast } from '../reservation/give-up-past.js';
import { attributedDeal, claimAttribution, reservation } from '../reservation/reservation.aggregate.js';
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
    const id = attributedDeal(opportunityId);
    const { state } = await this.commands.load(reservation, id);
    const says = async (planId: string): Promise<boolean> => planId === command.id || isAttributedIn((await this.commands.load(marketingPlan, planId)).state, opportunityId);
    await giveUpPast(this.commands, command, { id, state, settledBefore: this.members.settledBefore() }, says);
    this.commands.claim(reservation, id, command, `claim:${command.context.now}`, (held) => claimAttribution(held, command.id));
  }
}
