import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule } from '@keyfold/event-sourcing-nest';
import { accountDirectory, closureCheck, type Config, guardRoutes, memberDirectory, OpenItems, serviceProviders } from '@keyfold/platform';
import { OfferingController } from './offering/offering.controller.js';
import { GetOfferingHandler, ListOfferingsHandler, offerings } from './offering/offerings.projection.js';
import { RegisterOfferingHandler } from './offering/register-offering.js';
import { RetireOfferingHandler } from './offering/retire-offering.js';
import { WithdrawOfferingHandler } from './offering/withdraw-offering.js';
import { AdvanceOpportunityHandler } from './opportunity/advance-opportunity.js';
import { AttachAccountHandler } from './opportunity/attach-account.js';
import { CorrectOpportunityHandler } from './opportunity/correct-opportunity.js';
import { Deals } from './opportunity/deals.js';
import { LoseOpportunityHandler } from './opportunity/lose-opportunity.js';
import { OpenDeals } from './opportunity/open-deals.js';
import { OpenOpportunityHandler } from './opportunity/open-opportunity.js';
import { GetOpportunityHandler, ListOpportunitiesHandler, opportunities } from './opportunity/opportunities.projection.js';
import { OpportunityController } from './opportunity/opportunity.controller.js';
import { RecordOpportunityHandler } from './opportunity/record-opportunity.js';
import { ReopenOpportunityHandler } from './opportunity/reopen-opportunity.js';
import { WinOpportunityHandler } from './opportunity/win-opportunity.js';
import { WithdrawOpportunityHandler } from './opportunity/withdraw-opportunity.js';

const guard = guardRoutes('opportunities');

@Module({
  controllers: [OpportunityController, OfferingController, ...guard.controllers],
  providers: [
    Deals,
    OpenOpportunityHandler,
    RecordOpportunityHandler,
    AdvanceOpportunityHandler,
    WinOpportunityHandler,
    LoseOpportunityHandler,
    ReopenOpportunityHandler,
    CorrectOpportunityHandler,
    AttachAccountHandler,
    WithdrawOpportunityHandler,
    ListOpportunitiesHandler,
    GetOpportunityHandler,
    RegisterOfferingHandler,
    RetireOfferingHandler,
    WithdrawOfferingHandler,
    ListOfferingsHandler,
    GetOfferingHandler,
    ...guard.providers,
    { provide: OpenItems, useClass: OpenDeals },
  ],
})
export class OpportunitiesModule {
  /** Everything that opportunities consists of. */
  static on(adapters: Adapters, config: Config): DynamicModule {
    const definition = {
      service: 'opportunities',
      registry,
      projections: [memberDirectory, accountDirectory, offerings, opportunities],
      processes: [closureCheck('opportunities', config.commandDeadlineMs)],
    };
    return { module: OpportunitiesModule, imports: [EventSourcingModule.forService(definition, adapters, serviceProviders(config))] };
  }
}
