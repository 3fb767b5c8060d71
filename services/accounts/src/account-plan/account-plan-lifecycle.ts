import { Commands } from '@keyfold/event-sourcing-nest';
import { Offerings } from '../offering/offerings.js';
import { planLifecycleCases } from '../plan/plan-lifecycle.js';
import { Policies } from '../policy/policies.js';
import { activePlan, claimActivePlan, release, reservation } from '../reservation/reservation.aggregate.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { ACCOUNT_PLANS } from './account-plan.js';
import { missingFrom } from './account-plan.submission.aggregate.js';

/**
 * One plan in force per account and fiscal year: the year is claimed before the plan is in force and given up after it ended. A crash between the two leaves a year
 * that is taken by a plan that is not in force yet, and free again once that plan was activated and closed; never two plans in force.
 */
export const accountPlanLifecycleCases = planLifecycleCases(ACCOUNT_PLANS, {
  needs: [Policies, Offerings, Commands, Stakeholders],
  async day(plan, [policies, offerings, , stakeholders]) {
    const named = plan.keyPeople.flatMap(({ stakeholderId }) => stakeholderId ?? []);
    const [policy, sold, people] = await Promise.all([policies.inForce('plans'), offerings.sold(), Promise.all(named.map((id) => stakeholders.of(id)))]);
    const departedIds = people.flatMap((person, i) => (person.status === 'active' && person.accountId === plan.accountId ? [] : [named[i]!]));
    return { policy, offeringIds: sold.map(({ id }) => id), departedIds };
  },
  missing: missingFrom,
  claim: (command, { accountId, fiscalYear }, [, , commands]) =>
    commands.claim(reservation, activePlan(accountId, fiscalYear), command, 'claim', (held) => claimActivePlan(held, command.id, fiscalYear)),
  release: (command, { accountId, fiscalYear }, [, , commands]) => commands.write(reservation, activePlan(accountId, fiscalYear), command, 'release', (held) => release(held, command.id)),
});
