import { AggregateCommand, useCase, uuid5 } from '@keyfold/event-sourcing-nest';
import { IsText, Settings } from '@keyfold/platform';
import { closureAnswerBy } from '../account-closure/account-closure.process.js';
import { keyAccount, ownerOf } from './key-account.aggregate.js';
import { requestClosure } from './key-account.life.js';

/** Whether the account may close is decided by the closure process, see the `closure` of the account. */
export class RequestClosure extends AggregateCommand {
  @IsText(500) reason!: string;
}

export const requestClosureCase = useCase(RequestClosure, {
  route: 'key-accounts/:id/request-closure',
  roles: ['director'],
  on: keyAccount,
  outcomeLater: true,
  ownerOf,
  needs: [Settings],
  decide: (account, { reason, context }, _prepared, [settings]) =>
    requestClosure(account, { closureId: uuid5(context.commandId, 'closure'), reason, answerBy: closureAnswerBy(context.now, settings.commandDeadlineMs) }),
});
