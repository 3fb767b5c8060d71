import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule } from '@keyfold/event-sourcing-nest';
import { accountDirectory, closureCheck, type Config, finishErasureWhenItIsRequested, guardRoutes, memberDirectory, OpenItems, personRoutes, serviceProviders } from '@keyfold/platform';
import { IncidentController } from './incident/incident.controller.js';
import { GetIncidentHandler, IncidentBoard, incidents, ListIncidentsHandler } from './incident/incidents.projection.js';
import { OpenIncidents } from './incident/open-incidents.js';
import { ReopenIncidentHandler } from './incident/reopen-incident.js';
import { ReportIncidentHandler } from './incident/report-incident.js';
import { AcknowledgeIncidentHandler, IncidentDesk, PauseIncidentHandler, ResolveIncidentHandler, ResumeIncidentHandler, WithdrawIncidentHandler } from './incident/work-on-incident.js';

const guard = guardRoutes('satisfaction');
const persons = personRoutes('satisfaction');

@Module({
  controllers: [IncidentController, ...guard.controllers, ...persons.controllers],
  providers: [
    IncidentDesk,
    IncidentBoard,
    ReportIncidentHandler,
    AcknowledgeIncidentHandler,
    PauseIncidentHandler,
    ResumeIncidentHandler,
    ResolveIncidentHandler,
    ReopenIncidentHandler,
    WithdrawIncidentHandler,
    ListIncidentsHandler,
    GetIncidentHandler,
    { provide: OpenItems, useClass: OpenIncidents },
    ...guard.providers,
    ...persons.providers,
  ],
})
export class SatisfactionModule {
  /** Everything that satisfaction consists of. */
  static on(adapters: Adapters, config: Config): DynamicModule {
    const definition = {
      service: 'satisfaction',
      registry,
      projections: [memberDirectory, accountDirectory, incidents],
      policies: [finishErasureWhenItIsRequested('satisfaction')],
      processes: [closureCheck('satisfaction', config.commandDeadlineMs)],
    };
    return { module: SatisfactionModule, imports: [EventSourcingModule.forService(definition, adapters, serviceProviders(config))] };
  }
}
