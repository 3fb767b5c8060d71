import { DomainError, NotFound } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { asPrepared } from './as-prepared.js';
import { Hierarchy } from './hierarchy.js';
import { accessOf, isWithdrawn, keyAccount, ownerOf, versionOf } from './key-account.aggregate.js';
import { attachToParent, detachFromParent } from './key-account.belonging.js';

export class AttachToParent extends AggregateCommand {
  @IsId() parentId!: string;
  /** First day under the parent, which may lie in the past: what is known of later days stays. This moment when absent. */
  @IsOptional() @IsDateOnly() effectiveFrom?: string;
}

const fromOf = ({ effectiveFrom, context }: { effectiveFrom?: string; context: { now: string } }, time: ReportingTime): string =>
  effectiveFrom === undefined ? context.now : time.startOfDay(effectiveFrom);

export const attachToParentCase = useCase(AttachToParent, {
  route: 'key-accounts/:id/attach-to-parent',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Commands, Hierarchy, ReportingTime],
  beside: ({ parentId }) => [keyAccount, parentId],
  /** The parent is one that the caller may see; what is below it is not his to change, so that he need not be its owner's director. */
  async permit({ parentId, scope, context }, _child, _needs, parent = keyAccount.initial) {
    if (isWithdrawn(parent) || !scope.coversAccount(accessOf(parent, context.now), 'read')) throw new NotFound('key-account', parentId);
    return parent;
  },
  /** The edge is written first: a crash after it leaves an edge that the repeated command finds claimed already. */
  async prepare(command, child, [commands, hierarchy, time], permitted) {
    const parent = permitted ?? (await commands.load(keyAccount, command.parentId)).state;
    if (isWithdrawn(parent)) throw new NotFound('key-account', command.parentId);
    if (parent.status === 'closed' || parent.status === 'merged') throw new DomainError('parent-unavailable');
    const from = fromOf(command, time);
    if (attachToParent(child, command.parentId, from).length > 0) hierarchy.claimParent(command, child, command.parentId, from);
    return versionOf(child);
  },
  decide: (account, command, claimedAt, [, , time]) => asPrepared(claimedAt, account, command, attachToParent(account, command.parentId, fromOf(command, time))),
  follow: (command, account, [, hierarchy]) => [hierarchy.tell(command, account)],
});

export class DetachFromParent extends AggregateCommand {
  @IsText(500) reason!: string;
  /** First day on which it stands alone; this moment when absent. */
  @IsOptional() @IsDateOnly() effectiveFrom?: string;
}

/** Less edges break no rule, so that nothing is claimed; they are told once they are gone. */
export const detachFromParentCase = useCase(DetachFromParent, {
  route: 'key-accounts/:id/detach-from-parent',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Hierarchy, ReportingTime],
  decide: (account, command, _prepared, [, time]) => detachFromParent(account, command.reason, fromOf(command, time)),
  follow: (command, account, [hierarchy]) => [hierarchy.tell(command, account)],
});
