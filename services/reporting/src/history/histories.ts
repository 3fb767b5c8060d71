import { csrScorecardContract, engagementPlanContract, incidentContract, keyAccountContract, offeringContract, opportunityContract, teamMemberContract } from '@keyfold/contracts';
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

/** What each account has one stream of, beside its own. Read one account at a time, so that nobody holds all of them. */
export const engagementHistory = {
  ...temporalProjection('engagement-history', 1, engagementPlanContract, (data) => {
    const { text: _text, note: _note, agenda: _agenda, ...rest } = data as Record<string, unknown>;
    return rest;
  }),
  mirrored: false,
};
export const csrHistory = { ...temporalProjection('csr-history', 1, csrScorecardContract), mirrored: false };
