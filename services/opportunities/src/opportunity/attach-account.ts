import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, streamOf } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { AccountGuard, IsId } from '@keyfold/platform';
import { Deals } from './deals.js';
import { attachAccount, opportunity } from './opportunity.aggregate.js';

/** The account of a deal that was recorded without one. */
export class AttachAccount extends AggregateCommand {
  @IsId() accountId!: string;
}

@CommandHandler(AttachAccount)
export class AttachAccountHandler implements ICommandHandler<AttachAccount> {
  constructor(
    private readonly commands: Commands,
    private readonly deals: Deals,
    private readonly guard: AccountGuard,
  ) {}

  /** The guard comes first: a closure that does not see the deal on the account finds it among the attached streams. */
  async execute(command: AttachAccount) {
    const { accountId, scope } = command;
    const { ownerOf } = await this.deals.find(command);
    let barred = false;
    await this.commands.before(opportunity, command, ownerOf, async (state) => {
      if (attachAccount(state, accountId).length === 0) return;
      await this.deals.assertAccount(accountId, scope);
      barred = await this.guard.attach(command, accountId, { streamId: streamOf(opportunity.contract, command.id), open: state.state === 'open' });
    });
    return this.commands.change(opportunity, command, ownerOf, (state) => {
      if (barred && state.state === 'open') throw new DomainError('account-closing');
      return attachAccount(state, accountId);
    });
  }
}
