import { KEY_PERSON_ROLES, type KeyPersonRole, type PlansPolicy, SWOT_QUADRANTS } from '@keyfold/contracts';
import { find } from '../plan/plan-items.aggregate.js';
import { openObjectives } from '../plan/plan-objectives.aggregate.js';
import type { KnownAccountPlan } from './account-plan.aggregate.js';
import { coverageOf, eligibleCells } from './account-plan.whitespace.aggregate.js';

/** How things stand on the day on which a plan is judged. */
export interface Day {
  readonly policy: PlansPolicy;
  /** The offerings that are sold. */
  readonly offeringIds: readonly string[];
  /** Key people of the plan who have left the account. */
  readonly departedIds: readonly string[];
}

/** What a plan lacks for its submission, all of it, as codes (domain.md 4.3). */
export function missingFrom(plan: KnownAccountPlan, { policy: { swotItemsPerQuadrant, whitespaceCoveragePercent }, offeringIds, departedIds }: Day): readonly string[] {
  const thin = SWOT_QUADRANTS.filter((quadrant) => plan.swot.filter((item) => item.quadrant === quadrant).length < swotItemsPerQuadrant);
  const unnamed = KEY_PERSON_ROLES.filter((role) => !isCovered(plan, role, departedIds));
  const coverage = coverageOf(eligibleCells(plan, offeringIds)) ?? 100;
  return [
    ...(openObjectives(plan).length === 0 ? ['objective'] : []),
    ...thin.map((quadrant) => `swot-${quadrant}`),
    ...unnamed.map((role) => `key-person-${role}`),
    ...(plan.buyingCentres.length === 0 ? ['buying-centre'] : []),
    ...(coverage < whitespaceCoveragePercent ? ['whitespace'] : []),
  ];
}

/** Somebody is named who is still there, or an action that was not given up is to find somebody. */
function isCovered({ keyPeople, actions }: KnownAccountPlan, role: KeyPersonRole, departedIds: readonly string[]): boolean {
  const person = find(keyPeople, role);
  if (!person) return false;
  return person.stakeholderId !== null ? !departedIds.includes(person.stakeholderId) : find(actions, person.gapActionId ?? '')?.state !== 'cancelled';
}
