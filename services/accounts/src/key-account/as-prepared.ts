import type { KeyAccountEvent } from '@keyfold/contracts';
import { streamOf, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { type KeyAccount, keyAccount, versionOf } from './key-account.aggregate.js';

/**
 * What is decided on an account for which something was claimed first. What was claimed is right for the version that was looked at: of an account that has moved on since
 * nothing is said, and the command is prepared again.
 */
export function asPrepared(preparedAt: number, account: KeyAccount, { id }: { readonly id: string }, decided: readonly KeyAccountEvent[]): readonly KeyAccountEvent[] {
  if (decided.length > 0 && versionOf(account) !== preparedAt) throw new WrongExpectedVersion(streamOf(keyAccount.contract, id), preparedAt);
  return decided;
}
