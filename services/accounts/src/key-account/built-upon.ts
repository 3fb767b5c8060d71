import { Inject, Injectable } from '@nestjs/common';
import { DomainError, type ProjectionStore } from '@keyfold/event-sourcing';
import { PROJECTIONS } from '@keyfold/event-sourcing-nest';
import { accountPlans } from '../account-plan/account-plans.projection.js';
import { csrScorecards } from '../csr-scorecard/csr-scorecards.projection.js';
import { touchpoints } from '../engagement-plan/touchpoints.projection.js';
import { marketingPlans } from '../marketing-plan/marketing-plans.projection.js';
import { stakeholders } from '../stakeholder/stakeholders.projection.js';

/** What was said of an account beside its own stream, as far as the read models have heard of it. */
@Injectable()
export class BuiltUpon {
  constructor(@Inject(PROJECTIONS) private readonly store: ProjectionStore) {}

  /** Refuses (`withdraw-built-upon`) while the account has people, contacts, plans or a scorecard: they would be nobody's. */
  async assertNothing(accountId: string): Promise<void> {
    const filter = { accountId };
    const counts = await Promise.all([
      this.store.view(stakeholders).count(filter),
      this.store.view(touchpoints).count(filter),
      this.store.view(accountPlans).count(filter),
      this.store.view(marketingPlans).count(filter),
      this.store.view(csrScorecards).count(filter),
    ]);
    if (counts.some((count) => count > 0)) throw new DomainError('withdraw-built-upon');
  }
}
