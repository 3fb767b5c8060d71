import { describe, it } from '@jest/globals';
import type { ReportingLinesEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { claimLine, releaseLines, type ReportingLines, reportingLines, tellLine } from './reporting-lines.aggregate.js';

const claimed = (stakeholderId: string, managerId: string | null): ReportingLinesEvent => ({ type: 'accounts.reporting-lines.claimed', data: { stakeholderId, managerId } });
const told = (stakeholderId: string, claim: number): ReportingLinesEvent => ({ type: 'accounts.reporting-lines.told', data: { stakeholderId, claim } });
const released = (stakeholderId: string): ReportingLinesEvent => ({ type: 'accounts.reporting-lines.released', data: { stakeholderId } });
const claim = (stakeholderId: string, managerId: string | null) => (lines: ReportingLines) => claimLine(lines, stakeholderId, managerId);

describe('a reporting line', () => {
  it('is claimed', () => given(reportingLines).when(claim('ann', 'bob')).then(claimed('ann', 'bob')));
  it('does not lead to oneself', () => given(reportingLines).when(claim('ann', 'ann')).thenRefused('reporting-line-cycle'));
  it('does not lead back to oneself', () => given(reportingLines, claimed('ann', 'bob'), told('ann', 1), claimed('bob', 'cem'), told('bob', 3)).when(claim('cem', 'ann')).thenRefused('reporting-line-cycle'));
  it('counts from the claim on: of two that would make a circle the second is refused, though no map says the first yet', () => given(reportingLines, claimed('ann', 'bob')).when(claim('bob', 'ann')).thenRefused('reporting-line-cycle'));
  it('to somebody else still counts as it was until the new one is told', () => given(reportingLines, claimed('ann', 'bob'), told('ann', 1), claimed('ann', 'cem')).when(claim('bob', 'ann')).thenRefused('reporting-line-cycle'));
  it('to somebody else frees the former manager once it is told', () => given(reportingLines, claimed('ann', 'bob'), told('ann', 1), claimed('ann', 'cem'), told('ann', 3)).when(claim('bob', 'ann')).then(claimed('bob', 'ann')));
  it('to nobody frees the manager once it is told', () => given(reportingLines, claimed('ann', 'bob'), told('ann', 1), claimed('ann', null), told('ann', 3)).when(claim('bob', 'ann')).then(claimed('bob', 'ann')));
  it('that was overtaken by a later one is void', () => given(reportingLines, claimed('ann', 'bob'), claimed('ann', 'cem'), told('ann', 2)).when(claim('bob', 'ann')).then(claimed('bob', 'ann')));
  it('of somebody who departed leads nowhere', () => given(reportingLines, claimed('ann', 'bob'), told('ann', 1), released('ann')).when(claim('bob', 'ann')).then(claimed('bob', 'ann')));
});

describe('telling', () => {
  it('says which claim the map took', () => given(reportingLines, claimed('ann', 'bob')).when((lines) => tellLine(lines, 'ann', 1)).then(told('ann', 1)));
  it('is done once', () => given(reportingLines, claimed('ann', 'bob'), told('ann', 1)).when((lines) => tellLine(lines, 'ann', 1)).thenNothing());
  it('of an earlier claim leaves a later one open', () => given(reportingLines, claimed('ann', 'bob'), claimed('ann', 'cem'), told('ann', 1)).when(claim('cem', 'ann')).thenRefused('reporting-line-cycle'));
  it('of a departure is done once', () => {
    given(reportingLines, claimed('ann', 'bob')).when((lines) => releaseLines(lines, 'ann')).then(released('ann'));
    given(reportingLines, claimed('ann', 'bob'), released('ann')).when((lines) => releaseLines(lines, 'ann')).thenNothing();
  });
});
