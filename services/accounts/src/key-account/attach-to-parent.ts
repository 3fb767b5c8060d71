import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsId } from '@keyfold/platform';
import { claimParent, HIERARCHY, reservation } from '../reservation/reservation.aggregate.js';
import { attachToParent, keyAccount, ownerOf } from './key-account.aggregate.js';

export class AttachToParent extends AggregateCommand {
  @IsId() parentId!: string;
}

export const attachToParentCase = useCase(AttachToParent, {
  route: 'key-accounts/:id/attach-to-parent',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Commands],
  /** The edge is claimed first: a crash after it leaves an edge that the repeated command finds claimed already. */
  async prepare(command, child, [commands]) {
    const { state: parent } = await commands.load(keyAccount, command.parentId);
    if (parent.status === 'unknown' || parent.status === 'withdrawn') throw new DomainError('parent-unknown');
    attachToParent(child, command.parentId);
    await commands.also(reservation, HIERARCHY, command, 'edge', (edges) => claimParent(edges, command.id, command.parentId));
  },
  decide: (account, { parentId }) => attachToParent(account, parentId),
});
