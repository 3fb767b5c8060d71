import { Injectable } from '@nestjs/common';
import type { CadenceLevel, CadencePolicy, Tier } from '@keyfold/contracts';
import { Commands } from '@keyfold/event-sourcing-nest';
import { type BusinessCalendar, dateIn } from '@keyfold/platform';
import { keyAccount } from '../key-account/key-account.aggregate.js';
import { Policies } from '../policy/policies.js';
import { countryCodeOf } from './country-code.js';
import type { CadenceRules } from './engagement-plan.cadence.js';

/** What due days follow from: the account's tier and country, and the policies of the day. */
@Injectable()
export class Cadences {
  constructor(
    private readonly commands: Commands,
    private readonly policies: Policies,
  ) {}

  async rulesOf(accountId: string): Promise<CadenceRules> {
    const { state: account } = await this.commands.load(keyAccount, accountId);
    const active = !['unknown', 'withdrawn', 'merged', 'closed'].includes(account.status);
    const tier = account.status === 'unknown' ? null : account.tier;
    const calendar = await this.calendarOf(account.status === 'unknown' ? null : account.profile.country);
    return { active, tier, days: daysFor(tier, await this.policies.inForce('cadence')), calendar, today: dateIn(this.commands.now().toISOString(), calendar) };
  }

  private calendarOf(country: string | null): Promise<BusinessCalendar> {
    return this.policies.inForce('calendar', this.policies.today(), (country && countryCodeOf(country)) ?? 'default');
  }
}

/** A policy of 0 days is none. */
function daysFor(tier: Tier | null, { operationalDays, businessReviewDays, executiveReviewDays }: CadencePolicy): { [Level in CadenceLevel]: number | null } {
  const of = (days: { readonly [T in Tier]: number }): number | null => (tier && days[tier]) || null;
  return { operational: of(operationalDays), 'business-review': of(businessReviewDays), 'executive-review': of(executiveReviewDays) };
}
