import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { acknowledge, incident, pause, reopen, report, resolve, resume, withdraw } from './incident.aggregate.js';
import { targetsOf } from './sla-clock.js';

const facts = { accountId: 'acme', title: 'Down', description: null, impact: 'high', urgency: 'high', priority: 'P1', targets: targetsOf('P1'), reporterId: null, reporterContact: null } as const;
const reported: IncidentEvent = { type: 'satisfaction.incident.reported', data: facts };
const acknowledged: IncidentEvent = { type: 'satisfaction.incident.acknowledged', data: {} };
const paused: IncidentEvent = { type: 'satisfaction.incident.clock-paused', data: { reason: 'waiting-on-client' } };
const resumed: IncidentEvent = { type: 'satisfaction.incident.clock-resumed', data: {} };
const resolved: IncidentEvent = { type: 'satisfaction.incident.resolved', data: { resolution: 'Restarted' } };
const reopened: IncidentEvent = { type: 'satisfaction.incident.reopened', data: { reason: 'Down again' } };

describe('an incident', () => {
  it('is reported', () => given(incident).when((state) => report(state, facts)).then(reported));
  it('is reported once', () => given(incident, reported).when((state) => report(state, facts)).thenRefused('incident-exists'));
  it('is ordered with its account', () => expect(incident.partitionKey!(reported)).toBe('acme'));
  it('that nobody reported cannot be resolved', () => given(incident).when((state) => resolve(state, 'x')).thenRefused('incident-unknown'));
});

describe('when reported', () => {
  it('is acknowledged', () => given(incident, reported).when(acknowledge).then(acknowledged));
  it('cannot be paused before it was acknowledged', () => given(incident, reported).when((state) => pause(state, 'waiting-on-client')).thenRefused('incident-reported'));
  it('cannot be resolved before it was acknowledged', () => given(incident, reported).when((state) => resolve(state, 'x')).thenRefused('incident-reported'));
  it('is withdrawn with all its history', () => given(incident, reported).when((state) => withdraw(state, 'closing')).then({ type: 'satisfaction.incident.withdrawn', data: { reason: 'closing' }, supersedes: [1] }));
});

describe('when acknowledged', () => {
  const past = [reported, acknowledged] as const;
  it('is acknowledged once', () => given(incident, ...past).when(acknowledge).thenNothing());
  it('is paused with a reason', () => given(incident, ...past).when((state) => pause(state, 'waiting-on-client')).then(paused));
  it('runs already', () => given(incident, ...past).when(resume).thenNothing());
  it('is resolved', () => given(incident, ...past).when((state) => resolve(state, 'Restarted')).then(resolved));
});

describe('when paused', () => {
  const past = [reported, acknowledged, paused] as const;
  it('is paused once', () => given(incident, ...past).when((state) => pause(state, 'waiting-on-third-party')).thenNothing());
  it('is resumed', () => given(incident, ...past).when(resume).then(resumed));
  it('is resolved without being resumed', () => given(incident, ...past).when((state) => resolve(state, 'Restarted')).then(resolved));
});

describe('when resolved', () => {
  const past = [reported, acknowledged, resolved] as const;
  it('is resolved once', () => given(incident, ...past).when((state) => resolve(state, 'again')).thenNothing());
  it('is reopened in time', () => given(incident, ...past).when((state) => reopen(state, 'Down again', true)).then(reopened));
  it('is a new incident later', () => given(incident, ...past).when((state) => reopen(state, 'Down again', false)).thenRefused('incident-reopen-too-late', { days: 5 }));
  it('cannot be paused', () => given(incident, ...past).when((state) => pause(state, 'waiting-on-client')).thenRefused('incident-resolved'));
  it('can be resolved again once reopened', () => given(incident, ...past, reopened).when((state) => resolve(state, 'Restarted')).then(resolved));
});
