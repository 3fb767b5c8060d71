import type { Parts } from '@keyfold/event-sourcing-nest';
import { authorityLookupQuery } from './authority-lookup.js';
import { Policies } from './policies.js';
import { policies, policyQueries } from './policies.projection.js';
import { publishPolicyCases } from './publish-policy.js';

/** What the rules of the organisation consist of. */
export const policyParts: Parts = {
  cases: [
    ...publishPolicyCases,
    ...policyQueries,
    authorityLookupQuery,
  ],
  providers: [Policies],
  projections: [policies],
};
