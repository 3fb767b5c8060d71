import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Aggregates } from '@keyfold/event-sourcing';
import { CommandEdge, Commands, Scopes } from './commands.js';
import { Edge } from './controllers.js';
import { bulkController } from './bulk.js';
import { deadLettersController } from './dead-letter-routes.js';
import { opsController } from './ops.js';
import { oversightController } from './oversight-routes.js';
import { Views } from './queries.js';
import { CommandRoutes } from './registry.js';
import { type ServiceDefinition, ServiceRuntime } from './runtime.js';
import { LocalSender } from './sender.js';
import { ADAPTERS, type Adapters, CLOCK, IDS, PROJECTIONS, SERVICE, STORE } from './tokens.js';
import { Verifications } from './verifications.js';

/** The event-sourcing machinery of one service, over the adapters it is given. CqrsModule.forRoot() is imported once, by the application. */
@Module({})
export class EventSourcingModule {
  /** `scopes` provides Scopes (and what it needs); it is exported too. */
  static forService(definition: ServiceDefinition, adapters: Adapters, scopes: readonly Provider[]): DynamicModule {
    const values: Provider[] = [
      { provide: SERVICE, useValue: definition },
      { provide: ADAPTERS, useValue: adapters },
      { provide: CLOCK, useValue: adapters.clock },
      { provide: IDS, useValue: adapters.ids },
      { provide: STORE, useValue: adapters.store },
      { provide: PROJECTIONS, useValue: adapters.projections },
    ];
    const parts: Provider[] = [
      {
        provide: Aggregates,
        useFactory: () => new Aggregates(adapters.store, definition.registry, adapters),
      },
      CommandRoutes,
      CommandEdge,
      Commands,
      Edge,
      Views,
      {
        provide: ServiceRuntime,
        useFactory: (aggregates: Aggregates, routes: CommandRoutes, edge: CommandEdge) =>
          new ServiceRuntime(definition, adapters, aggregates, new LocalSender(definition.service, routes, edge)),
        inject: [Aggregates, CommandRoutes, CommandEdge],
      },
      { provide: Verifications, useFactory: (runtime: ServiceRuntime) => new Verifications(runtime, adapters), inject: [ServiceRuntime] },
    ];
    return {
      module: EventSourcingModule,
      imports: [DiscoveryModule],
      controllers: [bulkController, opsController, deadLettersController, oversightController].map((controller) => controller(definition.service)),
      providers: [...values, ...parts, ...scopes],
      exports: [SERVICE, ADAPTERS, CLOCK, IDS, STORE, PROJECTIONS, Aggregates, CommandRoutes, CommandEdge, Commands, Edge, Views, ServiceRuntime, Scopes, ...scopes],
    };
  }
}

/** Starts the services of a process, phase by phase. `progress` reports the building of views. */
export async function startRuntimes(runtimes: readonly ServiceRuntime[], progress?: (name: string, done: number, total: number) => void): Promise<void> {
  await Promise.all(runtimes.map((runtime) => runtime.prepare()));
  for (const runtime of runtimes) await runtime.build(progress);
  await Promise.all(runtimes.map((runtime) => runtime.consume()));
  for (const runtime of runtimes) runtime.lead();
}
