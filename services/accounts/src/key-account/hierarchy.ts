import { Injectable } from '@nestjs/common';
import type { StreamWrite } from '@keyfold/event-sourcing';
import { type AggregateCommand, Commands } from '@keyfold/event-sourcing-nest';
import { assertNothingBelow, claimMerge, claimParent, tellEdges, tellMerge } from '../reservation/hierarchy.js';
import { type EdgesTold, HIERARCHY, release, reservation } from '../reservation/reservation.aggregate.js';
import { TeamMembers } from '../team-member/team-members.js';
import { type KeyAccount, versionOf } from './key-account.aggregate.js';

/** The edges of all group trees: claimed before an account says them, told once it has. */
@Injectable()
export class Hierarchy {
  constructor(
    private readonly commands: Commands,
    private readonly members: TeamMembers,
  ) {}

  /** For this version of the account: one that has moved on claims again. */
  claimParent(command: AggregateCommand, account: KeyAccount, parentId: string, from: string): void {
    const known = edgesOf(command.id, account);
    this.commands.claim(reservation, HIERARCHY, command, `edge-${known.version}`, (state) => claimParent(state, known, parentId, from));
  }

  /** What the account's stream says after the command: of two commands that tell, the one that knows more is heard, whichever comes last. */
  tell(command: AggregateCommand, account: KeyAccount): StreamWrite {
    const edges = edgesOf(command.id, account);
    return this.commands.write(reservation, HIERARCHY, command, 'tell', (state) => tellEdges(state, edges));
  }

  /** Each attempt claims anew: what one that was cut off had claimed may have been given up since. */
  claimMerge(command: AggregateCommand, successorId: string, from: string): void {
    const { commandId: claim, now } = command.context;
    const claimed = { claim, from, settledBefore: this.members.settledBefore() };
    this.commands.claim(reservation, HIERARCHY, command, `merge:${now}`, (state) => claimMerge(state, command.id, successorId, claimed));
  }

  tellMerge(command: AggregateCommand, from: string): StreamWrite {
    return this.commands.write(reservation, HIERARCHY, command, 'merged', (state) => tellMerge(state, command.id, from));
  }

  /** Refuses (`withdraw-built-upon`) an account that has others below it: they would lose their group. */
  async assertNothingBelow({ id, context }: AggregateCommand): Promise<void> {
    const { state } = await this.commands.load(reservation, HIERARCHY);
    assertNothingBelow(state, id, context.now);
  }

  release(command: AggregateCommand): StreamWrite {
    return this.commands.write(reservation, HIERARCHY, command, 'release', (state) => release(state, command.id));
  }
}

const edgesOf = (holderId: string, account: KeyAccount): EdgesTold =>
  ({ holderId, version: versionOf(account), edges: account.status === 'unknown' ? [] : account.parents });
