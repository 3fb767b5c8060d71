import { Body, Controller, Query } from '@nestjs/common';
import { Act, Caller, Edge, Read } from '@keyfold/event-sourcing-nest';
import { GetOffering, ListOfferings } from './offerings.projection.js';
import { RegisterOffering } from './register-offering.js';
import { RetireOffering } from './retire-offering.js';
import { WithdrawOffering } from './withdraw-offering.js';

const READERS = ['kam', 'director', 'service-agent', 'finance', 'auditor', 'bi'] as const;

@Controller('api/opportunities/offerings')
export class OfferingController {
  constructor(private readonly edge: Edge) {}

  @Act('register', 'director') register(@Body() body: RegisterOffering, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('retire', 'director') retire(@Body() body: RetireOffering, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('withdraw', 'director') withdraw(@Body() body: WithdrawOffering, @Caller() caller: Caller) { return this.edge.run(body, caller); }

  @Read('', ...READERS) list(@Query() query: ListOfferings, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read(':id', ...READERS) get(@Query() query: GetOffering, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
