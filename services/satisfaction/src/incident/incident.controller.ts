import { Body, Controller, Query } from '@nestjs/common';
import { Act, Caller, Create, Edge, Read } from '@keyfold/event-sourcing-nest';
import { GetIncident, ListIncidents } from './incidents.projection.js';
import { ReopenIncident } from './reopen-incident.js';
import { ReportIncident } from './report-incident.js';
import { AcknowledgeIncident, PauseIncident, ResolveIncident, ResumeIncident, WithdrawIncident } from './work-on-incident.js';

const WORKERS = ['kam', 'service-agent', 'director'] as const;

@Controller('api/satisfaction/incidents')
export class IncidentController {
  constructor(private readonly edge: Edge) {}

  @Create(...WORKERS) report(@Body() body: ReportIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('acknowledge', ...WORKERS) acknowledge(@Body() body: AcknowledgeIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('pause', ...WORKERS) pause(@Body() body: PauseIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('resume', ...WORKERS) resume(@Body() body: ResumeIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('resolve', ...WORKERS) resolve(@Body() body: ResolveIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('reopen', ...WORKERS) reopen(@Body() body: ReopenIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }
  @Act('withdraw', 'service') withdraw(@Body() body: WithdrawIncident, @Caller() caller: Caller) { return this.edge.run(body, caller); }

  @Read('', ...WORKERS, 'auditor', 'bi') list(@Query() query: ListIncidents, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read(':id', ...WORKERS, 'auditor', 'bi') get(@Query() query: GetIncident, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
