import { Injectable, type Type } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Role } from '@keyfold/contracts';
import type { AggregateCommand } from './commands.js';
import { ROUTE_COMMAND, ROUTE_PUBLIC, ROUTE_ROLES } from './routes.js';

export interface CommandRoute {
  /** `tasks/raise`, or `tasks` for the plain create: what follows `/api/<service>/` without the id. */
  readonly name: string;
  readonly service: string;
  readonly body: Type<AggregateCommand>;
  readonly roles: readonly Role[];
}

/** The commands of the process, read from the controllers: bulk, policies and tests know exactly the routes that HTTP has. */
@Injectable()
export class CommandRoutes {
  private routes: ReadonlyMap<string, CommandRoute> | null = null;

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  find(service: string, name: string): CommandRoute | null {
    this.routes ??= new Map(this.all().map((route) => [`${route.service}/${route.name}`, route]));
    return this.routes.get(`${service}/${name}`) ?? null;
  }

  all(): CommandRoute[] {
    return this.handlers().flatMap(({ prototype, method, path }) => {
      const command = this.reflector.get<{ name: string | null } | undefined>(ROUTE_COMMAND, prototype[method]!);
      const [, service, plural] = /^api\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
      if (!command || !service || !plural) return [];
      const [body] = Reflect.getMetadata('design:paramtypes', prototype, method) as Type<AggregateCommand>[];
      return [{ name: command.name === null ? plural : `${plural}/${command.name}`, service, body: body!, roles: this.reflector.get<Role[]>(ROUTE_ROLES, prototype[method]!) }];
    });
  }

  /** Routes that declare neither roles nor that they are public; there must be none. */
  undeclared(): string[] {
    return this.handlers()
      .filter(({ prototype, method, controller }) => {
        const handler = prototype[method]!;
        const isRoute = Reflect.getMetadata(PATH_METADATA, handler) !== undefined;
        return isRoute && !this.reflector.get(ROUTE_ROLES, handler) && !this.reflector.getAllAndOverride(ROUTE_PUBLIC, [handler, controller]);
      })
      .map(({ controller, method }) => `${controller.name}.${method}`);
  }

  private handlers() {
    return this.discovery.getControllers().flatMap(({ instance, metatype }) => {
      const controller = metatype as Type;
      const prototype = Object.getPrototypeOf(instance) as Record<string, (...args: never[]) => unknown>;
      const path = String(Reflect.getMetadata(PATH_METADATA, controller) ?? '').replace(/^\//, '');
      return this.scanner.getAllMethodNames(prototype).map((method) => ({ controller, prototype, method, path }));
    });
  }
}
