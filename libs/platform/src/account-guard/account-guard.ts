import { Inject, Injectable } from '@nestjs/common';
import type { GuardService } from '@keyfold/contracts';
import { type CommandResult, DomainError, Unavailable } from '@keyfold/event-sourcing';
import { ADAPTERS, type Adapters, type AggregateCommand, Commands, SERVICE, type ServiceDefinition } from '@keyfold/event-sourcing-nest';
import { Settings } from '../deployment.js';
import { assertNotBarred, type Guard, guardOf, isBarred, isCleared } from './guard.aggregate.js';

const TAKE_BACK = 'take-back';

/** Lets the events of a decision pass while the command is within its deadline; throws Unavailable after it. */
export type InTime = <Events>(events: Events) => Events;

export interface Opening {
  /** What else has to hold; asked before the append, but not of a repeated command, which gets its first result whatever has happened since. */
  check?(): Promise<void>;
  /** Opens something; what is decided must pass through `inTime`. */
  open(inTime: InTime): Promise<CommandResult>;
  /** Undoes the opening, in one commit under the step given; no events when there is nothing left to undo. */
  takeBack(step: string): Promise<CommandResult>;
}

/**
 * Opening something on an account without ever losing to its closing (architecture.md 7). The guard is asked before the append and again after it. The closure's answer waits
 * out the command deadline behind the barrier, so whatever was let in before the barrier is either counted in the answer, refused as too late, or met by the second look.
 */
@Injectable()
export class AccountGuard {
  private readonly guard;

  constructor(
    private readonly commands: Commands,
    private readonly settings: Settings,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
    @Inject(SERVICE) definition: ServiceDefinition,
  ) {
    this.guard = guardOf(definition.service as GuardService);
  }

  /** Throws DomainError `account-closing` when a barrier stands; what had been opened is then taken back. */
  async opening(command: AggregateCommand, accountId: string, steps: Opening): Promise<CommandResult> {
    const repeated = await this.wasAppended(command);
    if (repeated) await this.assertNotTakenBack(command);
    else {
      await steps.check?.();
      assertNotBarred(await this.load(accountId));
    }
    const result = await steps.open((events) => this.inTime(command, events));
    if (command.context.dryRun || result.events.length === 0) return result;
    const guard = await this.load(accountId);
    // A repeated command may meet a barrier that was raised long after it. That closure has counted what was opened, unless it was told that nothing is open.
    if (!isBarred(guard) || (repeated && !isCleared(guard))) return result;
    const undone = await steps.takeBack(TAKE_BACK);
    if (undone.events.length === 0) return result;
    throw new DomainError('account-closing');
  }

  /**
   * Makes the account's closures count a stream that another partition key hides from them; comes before the stream says that it belongs to the account.
   * Refuses an open one behind a barrier. True when a barrier stands after it: then nothing open may come with it, for the closure may not have counted it.
   */
  async attach(command: AggregateCommand, accountId: string, item: { streamId: string; open: boolean }): Promise<boolean> {
    const before = await this.load(accountId);
    if (item.open && !before.attached.includes(item.streamId)) assertNotBarred(before);
    await this.commands.also(this.guard.decider, accountId, command, 'attach', (guard) => this.guard.attach(guard, item.streamId));
    return isBarred(await this.load(accountId));
  }

  private async load(accountId: string): Promise<Guard> {
    return (await this.commands.load(this.guard.decider, accountId)).state;
  }

  private async wasAppended({ context }: AggregateCommand): Promise<boolean> {
    return context.repeatable && (await this.adapters.store.findCommand(context.commandId)) !== null;
  }

  private async assertNotTakenBack({ id, context }: AggregateCommand): Promise<void> {
    if (await this.adapters.store.findCommand(this.adapters.ids.derive(context.commandId, TAKE_BACK, id))) throw new DomainError('account-closing');
  }

  private inTime<Events>({ context }: AggregateCommand, events: Events): Events {
    if (this.commands.now().getTime() - Date.parse(context.now) > this.settings.commandDeadlineMs) throw new Unavailable('the account guard');
    return events;
  }
}
