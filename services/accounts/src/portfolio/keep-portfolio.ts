import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsId, IsInstant, IsWhole, OrNull } from '@keyfold/platform';
import { keyAccount, ownersOf } from '../key-account/key-account.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { assignAccount, createPortfolio, endAssignment, keepAccount, portfolio, releaseAccount, weighAccount } from './portfolio.aggregate.js';

/** The portfolio of a member, id = the member's, before there is an account in it. */
export class CreatePortfolio extends AggregateCommand {}

export const createPortfolioCase = useCase(CreatePortfolio, {
  route: 'portfolios/:id/create',
  roles: ['director'],
  on: portfolio,
  makes: true,
  needs: [TeamMembers],
  prepare: ({ id }, _portfolio, [members]) => members.assertOnboarded(id),
  decide: (state, { id }) => createPortfolio(state, id),
});

export class WeighAccount extends AggregateCommand {
  @IsId() accountId!: string;
  /** Per cent of the member's time; null: not weighed. */
  @OrNull() @IsWhole(0, 100) weightPercent!: number | null;
}

export const weighAccountCase = useCase(WeighAccount, {
  route: 'portfolios/:id/weigh-account',
  roles: ['kam', 'director'],
  on: portfolio,
  ownerOf: (state) => (state.status === 'unknown' ? null : state.memberId),
  decide: (state, { accountId, weightPercent }) => weighAccount(state, accountId, weightPercent),
});

/** Told when the account's owner is named; `from`: the first instant of the owner. */
export class AssignAccount extends AggregateCommand {
  @IsId() accountId!: string;
  @IsInstant() from!: string;
}

export const assignAccountCase = useCase(AssignAccount, {
  route: 'portfolios/:id/assign-account',
  roles: ['service'],
  on: portfolio,
  makes: true,
  decide: (state, { id, accountId, from }) => assignAccount(state, id, accountId, from),
});

export class ReleaseAccount extends AggregateCommand {
  @IsId() accountId!: string;
  @IsInstant() on!: string;
}

export const releaseAccountCase = useCase(ReleaseAccount, {
  route: 'portfolios/:id/release-account',
  roles: ['service'],
  on: portfolio,
  makes: true,
  decide: (state, { accountId, on }) => releaseAccount(state, accountId, on),
});

/** Told when the handover to the next owner was cancelled. */
export class KeepAccount extends AggregateCommand {
  @IsId() accountId!: string;
}

export const keepAccountCase = useCase(KeepAccount, {
  route: 'portfolios/:id/keep-account',
  roles: ['service'],
  on: portfolio,
  decide: (state, { accountId }) => keepAccount(state, accountId),
});

/** Told at the end of an account, whose event does not say whose it was, or was to be. */
export class LeavePortfolio extends AggregateCommand {
  @IsInstant() on!: string;
}

export const leavePortfolioCase = useCase(LeavePortfolio, {
  route: 'key-accounts/:id/leave-portfolio',
  roles: ['service'],
  on: keyAccount,
  needs: [Commands],
  decide: () => [],
  follow: (command, account, [commands]) => ownersOf(account).map((owner) => commands.write(portfolio, owner, command, 'leave', (state) => endAssignment(state, command.id, command.on))),
});
