import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { keyAccount } from '../key-account/key-account.aggregate.js';
import { Stakeholders } from '../stakeholder/stakeholders.js';
import { TeamMembers } from '../team-member/team-members.js';
import { mapUseCase } from './map-use-case.js';
import { pairSponsor, unpairSponsor } from './relationship-map.decisions.js';
import { isExecutive, seniorityOf } from './seniority.js';

/** An executive of ours for an executive of theirs. */
export class PairSponsor extends AggregateCommand {
  @IsId() memberId!: string;
  @IsId() stakeholderId!: string;
}

export const pairSponsorCase = mapUseCase(PairSponsor, 'pair-sponsor', {
  needs: [Commands, Stakeholders, TeamMembers],
  async prepare({ id, memberId, stakeholderId }, _map, [commands, stakeholders, members]) {
    const member = await members.present(memberId);
    const { level } = await stakeholders.assertActive(id, stakeholderId);
    const { state: account } = await commands.load(keyAccount, id);
    const isSponsor = account.status !== 'unknown' && account.team.some((one) => one.memberId === memberId && one.role === 'executive-sponsor');
    if (!isExecutive(level) || !(isSponsor || isExecutive(seniorityOf(member)))) throw new DomainError('sponsor-not-executive');
  },
  decide: (map, { memberId, stakeholderId }) => pairSponsor(map, { memberId, stakeholderId }),
});

export class UnpairSponsor extends AggregateCommand {
  @IsId() memberId!: string;
  @IsId() stakeholderId!: string;
  @IsText(500) reason!: string;
}

export const unpairSponsorCase = mapUseCase(UnpairSponsor, 'unpair-sponsor', {
  decide: (map, { memberId, stakeholderId, reason }) => unpairSponsor(map, { memberId, stakeholderId }, reason),
});
