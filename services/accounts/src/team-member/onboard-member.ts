import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { MEMBER_ROLES, type MemberRole } from '@keyfold/contracts';
import { AggregateCommand, Commands, PersonalField } from '@keyfold/event-sourcing-nest';
import { IsBody, IsId, IsName, IsText, ProvenanceBody } from '@keyfold/platform';
import { IsIn, IsOptional } from 'class-validator';
import { onboard, reassign, teamMember, withdrawMember } from './team-member.aggregate.js';
import { TeamMembers } from './team-members.js';

/** A new member, or one that an import says again: the id may be chosen by the caller. */
export class OnboardMember extends AggregateCommand {
  @PersonalField() @IsName() name!: string;
  @IsIn(MEMBER_ROLES) role!: MemberRole;
  @IsOptional() @IsId() managerId?: string | null;
  @IsOptional() @IsText(100) region?: string | null;
  @IsOptional() @IsBody(() => ProvenanceBody) provenance?: ProvenanceBody;
}

@CommandHandler(OnboardMember)
export class OnboardMemberHandler implements ICommandHandler<OnboardMember> {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  async execute(command: OnboardMember) {
    const managerId = command.managerId ?? null;
    await this.commands.unlessRepeated(command, () => this.members.assertNotBelow(managerId, command.id));
    const { name, role, provenance = null } = command;
    const facts = { memberId: command.id, name, role, managerId, region: command.region ?? null, provenance };
    return this.commands.create(teamMember, command, (member) => onboard(member, facts));
  }
}

/** Another manager or region. */
export class ReassignMember extends AggregateCommand {
  @IsOptional() @IsId() managerId?: string | null;
  @IsOptional() @IsText(100) region?: string | null;
}

@CommandHandler(ReassignMember)
export class ReassignMemberHandler implements ICommandHandler<ReassignMember> {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  async execute(command: ReassignMember) {
    const managerId = command.managerId ?? null;
    await this.commands.unlessRepeated(command, () => this.members.assertNotBelow(managerId, command.id));
    return this.commands.change(teamMember, command, null, (member) => reassign(member, { managerId, region: command.region ?? null }));
  }
}

/** Takes an imported member back. */
export class WithdrawMember extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(WithdrawMember)
export class WithdrawMemberHandler implements ICommandHandler<WithdrawMember> {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  async execute(command: WithdrawMember) {
    await this.commands.unlessRepeated(command, () => this.members.assertNotNeeded(command.id));
    return this.commands.change(teamMember, command, null, (member) => withdrawMember(member, command.reason));
  }
}
