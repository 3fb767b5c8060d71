import { DomainError } from '@keyfold/event-sourcing';
import { AggregateCommand, Commands, useCase } from '@keyfold/event-sourcing-nest';
import { IsDateOnly, IsId, IsText, ReportingTime } from '@keyfold/platform';
import { IsOptional } from 'class-validator';
import { Hierarchy } from './hierarchy.js';
import { isWithdrawn, keyAccount, ownerOf } from './key-account.aggregate.js';
import { absorb, assertMergeable, assertNotToCome, merge } from './key-account.life.js';
import { TierASeats } from './tier-a-seats.js';

/** The account is a duplicate of another one, its successor. */
export class MergeAccount extends AggregateCommand {
  @IsId() successorId!: string;
  @IsText(500) reason!: string;
  /** First day on which the two are one; today when absent, and no later. */
  @IsOptional() @IsDateOnly() effectiveOn?: string;
}

/**
 * Three streams in one write, in this order: the hierarchy (no circle, no second merge of either), the successor (open), the account itself. A crash in between leaves claims
 * that the repeated command finds, and that the next merge gives up; until the account's own stream says it, nothing is merged. What is opened on the merged account afterwards needs no barrier: it
 * counts with the successor like all the rest.
 */
export const mergeAccountCase = useCase(MergeAccount, {
  route: 'key-accounts/:id/merge',
  roles: ['director'],
  on: keyAccount,
  ownerOf,
  needs: [Commands, Hierarchy, TierASeats, ReportingTime],
  async prepare(command, account, [commands, hierarchy, , time]) {
    const { id, successorId, reason, scope } = command;
    if (successorId === id) throw new DomainError('merge-into-itself');
    const { state: successor } = await commands.load(keyAccount, successorId);
    if (isWithdrawn(successor) || !scope.covers(ownerOf(successor))) throw new DomainError('merge-successor-unknown');
    const from = firstInstant(command, time);
    if (merge(account, { successorId, reason }, from).length === 0) return;
    assertMergeable(account, successor);
    absorb(successor, { accountId: id, reason });
    hierarchy.claimMerge(command, successorId, from);
    commands.claim(keyAccount, successorId, command, `absorb:${command.context.now}`, (state) => absorb(state, { accountId: id, reason }));
  },
  decide: (account, command, _prepared, [, , , time]) => merge(account, { successorId: command.successorId, reason: command.reason }, firstInstant(command, time)),
  follow: (command, account, [, hierarchy, seats]) =>
    account.status === 'merged' && account.mergedFrom !== null ? [hierarchy.tellMerge(command, account.mergedFrom), ...seats.settle(command, account)] : [],
});

function firstInstant({ effectiveOn, context }: MergeAccount, time: ReportingTime): string {
  if (effectiveOn === undefined) return context.now;
  const today = time.dateOf(context.now);
  assertNotToCome(effectiveOn, today);
  return time.startOfDay(effectiveOn);
}
