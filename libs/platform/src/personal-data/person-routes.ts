import { Body, Controller, type Provider, Query, type Type } from '@nestjs/common';
import { CommandHandler, type ICommandHandler, type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { ERASURE_GROUNDS, type ErasureGround, type PersonOwner } from '@keyfold/contracts';
import { type Accepted, Act, AggregateCommand, Caller, Edge, Read, RowById } from '@keyfold/event-sourcing-nest';
import { IsIn } from 'class-validator';
import { type ErasureReceipt, Erasures } from './erasures.js';

/**
 * The erasure of persons whose keys a service owns: `POST /api/<service>/persons/{id}/erase` and `GET /api/<service>/persons/{id}/erasure`.
 * The classes are made for each service: in one process all services share a command bus, which tells commands apart by their class.
 */
export function personRoutes(service: PersonOwner): { controllers: Type[]; providers: Provider[] } {
  class ErasePerson extends AggregateCommand {
    @IsIn(ERASURE_GROUNDS) ground!: ErasureGround;
  }

  @CommandHandler(ErasePerson)
  class ErasePersonHandler implements ICommandHandler<ErasePerson> {
    constructor(private readonly erasures: Erasures) {}

    execute(command: ErasePerson) {
      return this.erasures.request(command, command.ground);
    }
  }

  class FinishErasure extends AggregateCommand {}

  @CommandHandler(FinishErasure)
  class FinishErasureHandler implements ICommandHandler<FinishErasure> {
    constructor(private readonly erasures: Erasures) {}

    execute(command: FinishErasure) {
      return this.erasures.carryOut(command);
    }
  }

  class GetErasure extends RowById<ErasureReceipt> {}

  @QueryHandler(GetErasure)
  class GetErasureHandler implements IQueryHandler<GetErasure> {
    constructor(private readonly erasures: Erasures) {}

    execute(query: GetErasure) {
      return this.erasures.receipt(query.id);
    }
  }

  @Controller(`api/${service}/persons`)
  class PersonController {
    constructor(private readonly edge: Edge) {}

    @Act('erase', 'operator', 'hr')
    async erase(@Body() body: ErasePerson, @Caller() caller: Caller): Promise<Accepted & { erasure: ErasureReceipt }> {
      const accepted = await this.edge.run(body, caller);
      return { ...accepted, erasure: await this.edge.ask(new GetErasure(), caller) };
    }

    @Act('finish-erasure', 'service') finish(@Body() body: FinishErasure, @Caller() caller: Caller) { return this.edge.run(body, caller); }
    @Read(':id/erasure', 'operator', 'hr', 'auditor') erasure(@Query() query: GetErasure, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  }

  return { controllers: [PersonController], providers: [Erasures, ErasePersonHandler, FinishErasureHandler, GetErasureHandler] };
}
