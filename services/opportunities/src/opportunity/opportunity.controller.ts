import { Body, Controller, Query } from '@nestjs/common';
import { Act, Caller, Create, Edge, Read } from '@keyfold/event-sourcing-nest';
import { AdvanceOpportunity } from './advance-opportunity.js';
import { AttachAccount } from './attach-account.js';
import { CorrectOpportunity } from './correct-opportunity.js';
import { LoseOpportunity } from './lose-opportunity.js';
import { OpenOpportunity } from './open-opportunity.js';
import { GetOpportunity, ListOpportunities } from './opportunities.projection.js';
import { RecordOpportunity } from './record-opportunity.js';
import { ReopenOpportunity } from './reopen-opportunity.js';
import { WinOpportunity } from './win-opportunity.js';
import { WithdrawOpportunity } from './withdraw-opportunity.js';

const READERS = ['kam', 'director', 'service-agent', 'finance', 'auditor', 'bi'] as const;

@Controller('api/opportunities/opportunities')
export class OpportunityController {
  constructor(private readonly edge: Edge) {}

  @Create('kam', 'director') open(@Body() body: OpenOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('record', 'director') record(@Body() body: RecordOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('advance', 'kam', 'director') advance(@Body() body: AdvanceOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('win', 'kam', 'director') win(@Body() body: WinOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('lose', 'kam', 'director') lose(@Body() body: LoseOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('reopen', 'director') reopen(@Body() body: ReopenOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('correct', 'kam', 'director') correct(@Body() body: CorrectOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('attach-account', 'kam', 'director') attachAccount(@Body() body: AttachAccount, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('withdraw', 'director') withdraw(@Body() body: WithdrawOpportunity, @Caller() caller: Caller) { return this.edge.run(body, caller); }

  @Read('', ...READERS) list(@Query() query: ListOpportunities, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read(':id', ...READERS) get(@Query() query: GetOpportunity, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
