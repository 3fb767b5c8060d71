import { describe, expect, it } from '@jest/globals';
import type { TeamMemberEvent } from '@keyfold/contracts';
import { given } from '@keyfold/event-sourcing/testing';
import { teamMember } from './team-member.aggregate.js';
import {
  assertAnother, assessSkill, cancelAbsence, completeTraining, confirmProbation, endProbation, holdOneOnOne, recordAbsence, recordCredential, setQuota, setRampPlan,
} from './team-member.development.js';
import { anna, offboarded, onboarded } from './team-member.facts.js';

const today = '2026-03-20';
const said = <Type extends TeamMemberEvent['type']>(type: Type, data: Extract<TeamMemberEvent, { type: Type }>['data']) => ({ type, data }) as TeamMemberEvent;

describe('nobody decides about himself', () => {
  it.each(['m1', null])('not %s', (decider) => expect(() => assertAnother('m1', decider)).toThrow('member-is-self'));
  it('but about another', () => expect(assertAnother('m1', 'boss')).toBe('boss'));
});

describe('a probation', () => {
  const confirmed = said('accounts.team-member.probation-confirmed', { reviewerId: 'boss' });
  const ended = said('accounts.team-member.probation-ended', { reviewerId: 'boss', cause: 'performance' });
  const permanent = said('accounts.team-member.onboarded', { ...anna, probationUntil: null });

  it('is confirmed, once', () => {
    given(teamMember, onboarded).when((member) => confirmProbation(member, 'boss')).then(confirmed);
    given(teamMember, onboarded, confirmed).when((member) => confirmProbation(member, 'boss')).thenNothing();
  });
  it('is ended, once', () => {
    given(teamMember, onboarded).when((member) => endProbation(member, 'boss', 'performance')).then(ended);
    given(teamMember, onboarded, ended).when((member) => endProbation(member, 'boss', 'performance')).thenNothing();
  });
  it('ends one way or the other', () => {
    given(teamMember, onboarded, confirmed).when((member) => endProbation(member, 'boss', 'conduct')).thenRefused('member-not-on-probation');
    given(teamMember, onboarded, ended).when((member) => confirmProbation(member, 'boss')).thenRefused('member-not-on-probation');
  });
  it('is not there for everybody', () => given(teamMember, permanent).when((member) => confirmProbation(member, 'boss')).thenRefused('member-not-on-probation'));
});

describe('what a member can and is to bring', () => {
  const plan = { startsOn: '2026-01-05', percentByQuarter: [0, 25, 50, 100] };
  const quota = { year: 2026, amount: { amountMinor: 1_000, currency: 'EUR' }, expectedAttainmentPercent: 90, utilisationPercent: 80 };
  const skill = { skill: 'negotiation', level: 3, assessorId: 'boss' } as const;
  const training = { training: 'csr-in-bids', hours: 7.5, completedOn: '2026-03-19' };
  const talk = { memberId: 'm1', leadId: 'boss', heldOn: '2026-03-19', notes: 'wants to negotiate alone' };

  it.each([
    ['a ramp plan', () => setRampPlan, plan, said('accounts.team-member.ramp-plan-set', plan)],
    ['a quota', () => setQuota, quota, said('accounts.team-member.quota-set', quota)],
    ['a skill', () => assessSkill, skill, said('accounts.team-member.skill-assessed', skill)],
    ['a credential', () => recordCredential, { diplomaLevel: 5, experienceYears: 4 }, said('accounts.team-member.credential-recorded', { diplomaLevel: 5, experienceYears: 4 })],
    ['a training', () => completeTraining, training, said('accounts.team-member.training-completed', training)],
    ['a one-to-one', () => holdOneOnOne, talk, said('accounts.team-member.one-on-one-held', talk)],
  ] as [string, () => (state: object, facts: object, today: string) => TeamMemberEvent[], object, TeamMemberEvent][])('%s is said, once, of whoever is there', (_what, decision, facts, event) => {
    given(teamMember, onboarded).when((member) => decision()(member, facts, today)).then(event);
    given(teamMember, onboarded, event).when((member) => decision()(member, facts, today)).thenNothing();
    given(teamMember, onboarded, offboarded).when((member) => decision()(member, facts, today)).thenRefused('member-offboarded');
    given(teamMember).when((member) => decision()(member, facts, today)).thenRefused('member-unknown');
  });

  it('a level that changed is said again', () =>
    given(teamMember, onboarded, said('accounts.team-member.skill-assessed', skill)).when((member) => assessSkill(member, { ...skill, level: 4 })).then(said('accounts.team-member.skill-assessed', { ...skill, level: 4 })));
  it('what lies in the future has not happened', () => {
    given(teamMember, onboarded).when((member) => completeTraining(member, { ...training, completedOn: '2026-03-21' }, today)).thenRefused('date-in-future');
    given(teamMember, onboarded).when((member) => holdOneOnOne(member, { ...talk, heldOn: '2026-03-21' }, today)).thenRefused('date-in-future');
  });
});

describe('an absence', () => {
  const absence = { absenceId: 'a1', from: '2026-08-03', to: '2026-08-21' };
  const recorded = said('accounts.team-member.absence-recorded', absence);
  const cancelled = said('accounts.team-member.absence-cancelled', { absenceId: 'a1' });

  it('is recorded, once', () => {
    given(teamMember, onboarded).when((member) => recordAbsence(member, absence)).then(recorded);
    given(teamMember, onboarded, recorded).when((member) => recordAbsence(member, { ...absence, absenceId: 'a2' })).thenNothing();
  });
  it('ends after it began', () => given(teamMember, onboarded).when((member) => recordAbsence(member, { ...absence, to: '2026-08-02' })).thenRefused('dates-in-wrong-order'));
  it('has its days for itself', () =>
    given(teamMember, onboarded, recorded).when((member) => recordAbsence(member, { absenceId: 'a2', from: '2026-08-21', to: '2026-08-22' })).thenRefused('absence-overlaps', { from: '2026-08-03', to: '2026-08-21' }));
  it('is cancelled, once, and gives its days back', () => {
    given(teamMember, onboarded, recorded).when((member) => cancelAbsence(member, 'a1')).then(cancelled);
    given(teamMember, onboarded, recorded, cancelled).when((member) => cancelAbsence(member, 'a1')).thenNothing();
    given(teamMember, onboarded, recorded, cancelled).when((member) => recordAbsence(member, { ...absence, absenceId: 'a2' })).then(said('accounts.team-member.absence-recorded', { ...absence, absenceId: 'a2' }));
  });
  it.each(['other', 'constructor'])('%s that was not recorded is unknown', (id) => given(teamMember, onboarded, recorded).when((member) => cancelAbsence(member, id)).thenRefused('absence-unknown'));
});
