import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule, useCases } from '@keyfold/event-sourcing-nest';
import { accountDirectory, type Config, memberDirectory, serviceProviders } from '@keyfold/platform';
import { GetAccountTimelineHandler } from './account-timeline/get-account-timeline.js';
import { concentrationCurveQuery } from './concentration/get-concentration.js';
import { globalAccountRollupQuery } from './global-account-rollup/get-global-account-rollup.js';
import { Figures } from './history/figures.js';
import { accountHistory, csrHistory, engagementHistory, incidentHistory, memberHistory, offeringHistory, opportunityHistory } from './history/histories.js';
import { GetPipelineFunnelHandler } from './pipeline-funnel/get-pipeline-funnel.js';
import { GetPipelineSummaryHandler } from './pipeline-summary/get-pipeline-summary.js';
import { GetPortfolioAccountHandler, GetPortfolioHandler } from './portfolio/get-portfolio.js';
import { ReportingController } from './reporting.controller.js';

const { controllers, providers } = useCases('reporting', globalAccountRollupQuery, concentrationCurveQuery);

@Module({
  controllers: [ReportingController, ...controllers],
  providers: [Figures, GetPipelineSummaryHandler, GetPipelineFunnelHandler, GetPortfolioHandler, GetPortfolioAccountHandler, GetAccountTimelineHandler, ...providers],
})
export class ReportingModule {
  /** Projections only, fed by the events of the three other services. */
  static on(adapters: Adapters, config: Config): DynamicModule {
    const definition = {
      service: 'reporting',
      registry,
      projections: [memberDirectory, accountDirectory, accountHistory, memberHistory, offeringHistory, opportunityHistory, incidentHistory, engagementHistory, csrHistory],
    };
    return { module: ReportingModule, imports: [EventSourcingModule.forService(definition, adapters, serviceProviders(config))] };
  }
}
