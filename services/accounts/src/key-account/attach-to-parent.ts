import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { claimParent, HIERARCHY, reservation } from '../reservation/reservation.aggregate.js';
import { attachToParent, keyAccount, ownerOf } from './key-account.aggregate.js';

export class AttachToParent extends AggregateCommand {
  @IsId() parentId!: string;
}

@CommandHandler(AttachToParent)
export class AttachToParentHandler implements ICommandHandler<AttachToParent> {
  constructor(private readonly commands: Commands) {}

  /** The edge is claimed first: a crash after it leaves an edge that the repeated command finds claimed already. */
  async execute(command: AttachToParent) {
    await this.commands.before(keyAccount, command, ownerOf, async (child) => {
      const { state: parent } = await this.commands.load(keyAccount, command.parentId);
      if (parent.status === 'unknown' || parent.status === 'withdrawn') throw new DomainError('parent-unknown');
      attachToParent(child, command.parentId);
      await this.commands.also(reservation, HIERARCHY, command, 'edge', (edges) => claimParent(edges, command.id, command.parentId));
    });
    return this.commands.change(keyAccount, command, ownerOf, (account) => attachToParent(account, command.parentId));
  }
}
