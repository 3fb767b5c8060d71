import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ClosureBlocker } from '@keyfold/contracts';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, Min, ValidateNested } from 'class-validator';
import { grantClosure, keyAccount, refuseClosure } from './key-account.aggregate.js';

export class GrantClosure extends AggregateCommand {
  @IsId() closureId!: string;
}

@CommandHandler(GrantClosure)
export class GrantClosureHandler implements ICommandHandler<GrantClosure> {
  constructor(private readonly commands: Commands) {}

  execute(command: GrantClosure) {
    return this.commands.change(keyAccount, command, null, (account) => grantClosure(account, command.closureId));
  }
}

class ClosureBlockerBody implements ClosureBlocker {
  @IsIn(['opportunities', 'satisfaction']) service!: string;
  @IsIn(['open-items', 'no-answer']) code!: 'open-items' | 'no-answer';
  @IsInt() @Min(0) open!: number;
}

export class RefuseClosure extends AggregateCommand {
  @IsId() closureId!: string;
  @ArrayMaxSize(10) @ValidateNested({ each: true }) @Type(() => ClosureBlockerBody) blockers!: ClosureBlockerBody[];
}

@CommandHandler(RefuseClosure)
export class RefuseClosureHandler implements ICommandHandler<RefuseClosure> {
  constructor(private readonly commands: Commands) {}

  execute(command: RefuseClosure) {
    const blockers = command.blockers.map(({ service, code, open }) => ({ service, code, open }));
    return this.commands.change(keyAccount, command, null, (account) => refuseClosure(account, command.closureId, blockers));
  }
}
