import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AggregateCommand, Commands, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsText, Settings } from '@keyfold/platform';
import { closureAnswerBy } from '../account-closure/account-closure.process.js';
import { keyAccount, ownerOf, requestClosure } from './key-account.aggregate.js';

export class RequestClosure extends AggregateCommand {
  @IsText(500) reason!: string;
}

/** Answers 202: whether the account may close is decided by the closure process, see the `closure` of the account. */
@CommandHandler(RequestClosure)
export class RequestClosureHandler implements ICommandHandler<RequestClosure> {
  constructor(
    private readonly commands: Commands,
    private readonly settings: Settings,
  ) {}

  execute(command: RequestClosure) {
    const facts = {
      closureId: uuid5(command.context.commandId, 'closure'),
      reason: command.reason,
      answerBy: closureAnswerBy(command.context.now, this.settings.commandDeadlineMs),
    };
    return this.commands.change(keyAccount, command, ownerOf, (account) => requestClosure(account, facts));
  }
}
