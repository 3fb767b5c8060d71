import { DomainError, NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { Access, IsId } from '@keyfold/platform';
import { type Onboarding, onboard, teamMember } from '../team-member/team-member.aggregate.js';
import { requisition } from './requisition.aggregate.js';

/** Sent when a requisition is filled: whoever was hired becomes a member, as the requisition says. */
export class OnboardCandidate extends AggregateCommand {
  @IsId() requisitionId!: string;
}

export const onboardCandidateCase = useCase(OnboardCandidate, {
  route: 'team-members/:id/onboard-candidate',
  roles: ['service'],
  on: teamMember,
  makes: true,
  needs: [Commands, Access],
  async prepare({ id: memberId, requisitionId }, _member, [commands, access]): Promise<Onboarding> {
    const { state } = await commands.load(requisition, requisitionId);
    if (state.state === 'unknown' || state.hired?.candidateId !== memberId) throw new NotFound('requisition', requisitionId);
    const name = await access.reveal(state.candidates[memberId]!.name);
    if (name === null) throw new DomainError('candidate-erased');
    const { role, seniority, country, region, managerId } = state.profile;
    return { memberId, name, role, seniority, managerId, region, country, probationUntil: state.hired.probationUntil, requisitionId, provenance: null };
  },
  decide: (member, _command, facts) => onboard(member, facts),
});
