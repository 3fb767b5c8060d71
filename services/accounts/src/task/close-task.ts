import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsId, IsText } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { TeamMembers } from '../team-member/team-members.js';
import { assign, assigneeOf, complete, dismiss, task } from './task.aggregate.js';

export class AssignTask extends AggregateCommand {
  @IsId() assigneeId!: string;
}

@CommandHandler(AssignTask)
export class AssignTaskHandler implements ICommandHandler<AssignTask> {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  async execute(command: AssignTask) {
    await this.commands.before(task, command, assigneeOf, () => this.members.assertOnboarded(command.assigneeId));
    return this.commands.change(task, command, assigneeOf, (state) => assign(state, command.assigneeId));
  }
}

export class DoTask extends AggregateCommand {
  @IsOptional() @IsText(2_000) note?: string | null;
}

@CommandHandler(DoTask)
export class DoTaskHandler implements ICommandHandler<DoTask> {
  constructor(private readonly commands: Commands) {}

  execute(command: DoTask) {
    return this.commands.change(task, command, assigneeOf, (state) => complete(state, command.note ?? null));
  }
}

export class DismissTask extends AggregateCommand {
  @IsText(500) reason!: string;
}

@CommandHandler(DismissTask)
export class DismissTaskHandler implements ICommandHandler<DismissTask> {
  constructor(private readonly commands: Commands) {}

  execute(command: DismissTask) {
    return this.commands.change(task, command, assigneeOf, (state) => dismiss(state, command.reason));
  }
}
