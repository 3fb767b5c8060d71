import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsCode, IsDateOnly, IsId, IsText } from '@keyfold/platform';
import { noteRefusal, portfolio, type Portfolio, resumeHandover, startHandover } from '../portfolio/portfolio.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';

/** Everything that a member has, to another one, from a day on (domain.md C1). What has become of each account: `portfolio-handovers/<member>`. */
export class HandOverPortfolio extends AggregateCommand {
  @IsId() toMemberId!: string;
  @IsDateOnly() effectiveOn!: string;
  @IsText(500) reason!: string;
}

const memberOf = (state: Portfolio): string | null => (state.status === 'unknown' ? null : state.memberId);

export const handOverPortfolioCase = useCase(HandOverPortfolio, {
  route: 'portfolios/:id/hand-over',
  roles: ['director'],
  on: portfolio,
  outcomeLater: true,
  ownerOf: memberOf,
  needs: [TeamMembers],
  async prepare({ toMemberId, scope }, _portfolio, [members]) {
    if (!scope.covers(toMemberId)) throw new DomainError('member-unknown');
    await members.assertAccountManager(toMemberId);
  },
  decide: (state, { toMemberId, effectiveOn, reason, context }) => startHandover(state, { handoverId: uuid5(context.commandId, 'handover'), toMemberId, effectiveOn, reason }),
});

/** After what stood in the way was dealt with. */
export class ResumeHandover extends AggregateCommand {
  @IsId() handoverId!: string;
}

export const resumeHandoverCase = useCase(ResumeHandover, {
  route: 'portfolios/:id/resume-handover',
  roles: ['director'],
  on: portfolio,
  outcomeLater: true,
  ownerOf: memberOf,
  decide: (state, { handoverId }) => resumeHandover(state, handoverId),
});

export class NoteRefusal extends AggregateCommand {
  @IsId() handoverId!: string;
  @IsId() accountId!: string;
  @IsCode() code!: string;
}

export const noteRefusalCase = useCase(NoteRefusal, {
  route: 'portfolios/:id/note-refusal',
  roles: ['service'],
  on: portfolio,
  decide: (state, { handoverId, accountId, code }) => noteRefusal(state, { handoverId, accountId, code }),
});
