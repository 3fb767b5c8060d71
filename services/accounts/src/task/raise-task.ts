import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { TaskMatter } from '@keyfold/contracts';
import { NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsBody, IsId, IsInstant, IsText } from '@keyfold/platform';
import { IsIn, IsObject, IsOptional } from 'class-validator';
import { keyAccount, ownerOf } from '../key-account/key-account.aggregate.js';
import { raise, task } from './task.aggregate.js';

/** A task that somebody writes for himself or for another. */
export class AddTask extends AggregateCommand {
  @IsOptional() @IsId() accountId?: string | null;
  @IsText(200) title!: string;
  @IsOptional() @IsId() assigneeId?: string | null;
  @IsOptional() @IsInstant() dueAt?: string | null;
}

@CommandHandler(AddTask)
export class AddTaskHandler implements ICommandHandler<AddTask> {
  constructor(private readonly commands: Commands) {}

  async execute(command: AddTask) {
    const accountId = command.accountId ?? null;
    if (accountId !== null) {
      const { state } = await this.commands.load(keyAccount, accountId);
      if (state.status === 'unknown' || !command.scope.covers(ownerOf(state))) throw new NotFound('key-account', accountId);
    }
    const matter: TaskMatter = { kind: 'custom', params: { title: command.title }, subject: accountId === null ? null : { type: 'account', id: accountId } };
    const facts = { accountId, matter, assigneeId: command.assigneeId ?? command.context.actor.memberId, dueAt: command.dueAt ?? null };
    return this.commands.create(task, command, (state) => raise(state, facts));
  }
}

class TaskSubjectBody {
  @IsIn(['incident', 'account', 'opportunity']) type!: 'incident' | 'account' | 'opportunity';
  @IsId() id!: string;
}

class TaskMatterBody {
  @IsIn(['incident-p1']) kind!: 'incident-p1';
  @IsObject() params!: Record<string, string>;
  @IsBody(() => TaskSubjectBody) subject!: TaskSubjectBody;
}

/** A task that a policy raises for whoever owns the account at that moment; nobody's when nobody does. */
export class RaiseTask extends AggregateCommand {
  @IsId() accountId!: string;
  @IsBody(() => TaskMatterBody) matter!: TaskMatterBody;
  @IsOptional() @IsInstant() dueAt?: string | null;
}

@CommandHandler(RaiseTask)
export class RaiseTaskHandler implements ICommandHandler<RaiseTask> {
  constructor(private readonly commands: Commands) {}

  async execute(command: RaiseTask) {
    const { state: account } = await this.commands.loadFresh(keyAccount, command.accountId);
    const { kind, params, subject } = command.matter;
    const facts = { accountId: command.accountId, matter: { kind, params, subject: { type: subject.type, id: subject.id } }, assigneeId: ownerOf(account), dueAt: command.dueAt ?? null };
    return this.commands.create(task, command, (state) => raise(state, facts));
  }
}
