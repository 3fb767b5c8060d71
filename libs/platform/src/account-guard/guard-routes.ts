import { Body, Controller, type Provider, type Type } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { GuardService } from '@keyfold/contracts';
import { Act, AggregateCommand, Caller, Commands, Edge } from '@keyfold/event-sourcing-nest';
import { IsId } from '../http/validators.js';
import { AccountGuard } from './account-guard.js';
import { guardOf } from './guard.aggregate.js';

/** What a service has to know for its answer. */
export abstract class OpenItems {
  /**
   * How many things are open on the account, from the service's own log, never from a projection. `attached`: streams beside those of the
   * account's partition key; one that belongs to nobody yet counts, for it may be on its way here.
   */
  abstract count(accountId: string, attached: readonly string[]): Promise<number>;
}

/**
 * The guard's commands of one service, `POST /api/<service>/guards/{accountId}/<command>`; only the service itself may give them.
 * The classes are made for each service: in one process all services share a command bus, which tells commands apart by their class.
 */
export function guardRoutes(service: GuardService): { controllers: Type[]; providers: Provider[] } {
  const guard = guardOf(service);

  class RaiseBarrier extends AggregateCommand {
    @IsId() closureId!: string;
  }

  @CommandHandler(RaiseBarrier)
  class RaiseBarrierHandler implements ICommandHandler<RaiseBarrier> {
    constructor(private readonly commands: Commands) {}

    execute(command: RaiseBarrier) {
      return this.commands.create(guard.decider, command, (state) => guard.raiseBarrier(state, command.closureId));
    }
  }

  class AnswerClosure extends AggregateCommand {
    @IsId() closureId!: string;
  }

  @CommandHandler(AnswerClosure)
  class AnswerClosureHandler implements ICommandHandler<AnswerClosure> {
    constructor(
      private readonly commands: Commands,
      private readonly items: OpenItems,
    ) {}

    async execute(command: AnswerClosure) {
      const { state } = await this.commands.load(guard.decider, command.id);
      const open = await this.items.count(command.id, state.attached);
      return this.commands.create(guard.decider, command, (current) => guard.answer(current, command.closureId, open));
    }
  }

  class LowerBarrier extends AggregateCommand {
    @IsId() closureId!: string;
  }

  @CommandHandler(LowerBarrier)
  class LowerBarrierHandler implements ICommandHandler<LowerBarrier> {
    constructor(private readonly commands: Commands) {}

    execute(command: LowerBarrier) {
      return this.commands.create(guard.decider, command, (state) => guard.lowerBarrier(state, command.closureId));
    }
  }

  @Controller(`api/${service}/guards`)
  class GuardController {
    constructor(private readonly edge: Edge) {}

    @Act('raise-barrier', 'service') raiseBarrier(@Body() body: RaiseBarrier, @Caller() caller: Caller) { return this.edge.run(body, caller); }
    @Act('answer', 'service') answer(@Body() body: AnswerClosure, @Caller() caller: Caller) { return this.edge.run(body, caller); }
    @Act('lower-barrier', 'service') lowerBarrier(@Body() body: LowerBarrier, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  }

  return { controllers: [GuardController], providers: [AccountGuard, RaiseBarrierHandler, AnswerClosureHandler, LowerBarrierHandler] };
}
