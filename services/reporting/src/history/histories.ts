import { incidentContract, keyAccountContract, offeringContract, opportunityContract, teamMemberContract } from '@keyfold/contracts';
import { temporalProjection } from '@keyfold/event-sourcing';

// One row per stream with all its facts: every figure of reporting is folded from these, for any date and any known-on time.
export const accountHistory = temporalProjection('account-history', 1, keyAccountContract);
export const memberHistory = temporalProjection('member-history', 1, teamMemberContract);
export const offeringHistory = temporalProjection('offering-history', 1, offeringContract);
export const opportunityHistory = temporalProjection('opportunity-history', 1, opportunityContract);
export const incidentHistory = temporalProjection('incident-history', 1, incidentContract, (data) => {
  const { description: _text, reporterContact: _contact, ...rest } = data as Record<string, unknown>;
  return rest;
});
