import { Controller, Query } from '@nestjs/common';
import { Caller, Edge, Read } from '@keyfold/event-sourcing-nest';
import { GetAccountTimeline } from './account-timeline/get-account-timeline.js';
import { GetPipelineFunnel } from './pipeline-funnel/get-pipeline-funnel.js';
import { GetPipelineSummary } from './pipeline-summary/get-pipeline-summary.js';
import { GetPortfolio, GetPortfolioAccount } from './portfolio/get-portfolio.js';
import { READERS } from './reporting.roles.js';

@Controller('api/reporting')
export class ReportingController {
  constructor(private readonly edge: Edge) {}

  @Read('pipeline-summary', ...READERS) pipelineSummary(@Query() query: GetPipelineSummary, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read('pipeline-funnel', ...READERS) pipelineFunnel(@Query() query: GetPipelineFunnel, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read('portfolio', ...READERS) portfolio(@Query() query: GetPortfolio, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read('portfolio/:id', ...READERS) portfolioAccount(@Query() query: GetPortfolioAccount, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
  @Read('account-timeline', ...READERS) accountTimeline(@Query() query: GetAccountTimeline, @Caller() caller: Caller) { return this.edge.ask(query, caller); }
}
