import helmet from '@fastify/helmet';
import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, NestFactory, Reflector } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@keyfold/event-sourcing';
import { CommandRoutes, HealthController, Problems } from '@keyfold/event-sourcing-nest';
import { Access } from './access/access.js';
import { AuthGuard, type Standings } from './auth/auth.guard.js';
import type { Authenticator } from './auth/authenticator.js';
import { registerApiDocs } from './http/api-docs.js';
import { BODY_LIMIT, registerBodyParsers } from './http/body.js';
import { EtagInterceptor } from './http/etag.interceptor.js';
import { openApi } from './http/openapi.js';
import { PlatformProblems } from './http/problem.js';
import { ProblemFilter } from './http/problem.filter.js';
import { traceparentOf } from './http/trace.js';
import { validationPipe } from './http/validation.js';

export interface ApplicationOptions {
  readonly services: readonly DynamicModule[];
  readonly controllers?: readonly Type[];
  readonly authenticator: Authenticator;
  readonly log: Logger;
  /** Routes beside those of the services: demo sign-in, static files, API description. They are outside the guard. */
  readonly routes?: (fastify: FastifyInstance) => void | Promise<void>;
}

const REQUEST_TIMEOUT_MS = 30_000;
const MAX_PARAM_LENGTH = 200;

@Module({})
class KeyfoldModule {}

@Module({ providers: [{ provide: Problems, useClass: PlatformProblems }], exports: [Problems] })
class ProblemsModule {}

/** The HTTP application: strict input, deny by default, problem+json. Initialised, not listening. */
export async function createApplication(options: ApplicationOptions): Promise<NestFastifyApplication> {
  const filter = new ProblemFilter(options.log);
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => filter.answer(error, request, reply),
  });
  const root: DynamicModule = {
    module: KeyfoldModule,
    imports: [CqrsModule.forRoot(), DiscoveryModule, { module: ProblemsModule, global: true }, ...options.services],
    providers: [CommandRoutes],
    controllers: [HealthController, ...(options.controllers ?? [])],
  };
  const app = await NestFactory.create<NestFastifyApplication>(root, adapter, { logger: nestLogger(options.log), bodyParser: false, abortOnError: false });
  const fastify = app.getHttpAdapter().getInstance() as unknown as FastifyInstance;
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.headers['traceparent'] = traceparentOf(request.headers['traceparent']);
    done();
  });
  registerBodyParsers(fastify);
  await fastify.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY }, strictTransportSecurity: false });
  await registerApiDocs(fastify, () => openApi(app.get(DiscoveryService)));
  await options.routes?.(fastify);
  app.useGlobalGuards(new AuthGuard(app.get(Reflector), options.authenticator, standingsOf(app)));
  app.useGlobalPipes(validationPipe());
  app.useGlobalInterceptors(new EtagInterceptor());
  app.useGlobalFilters(filter);
  await app.init();
  denyUndeclared(app);
  return app;
}

/** Every service of the process knows every member: the first is asked. */
const standingsOf = (app: NestFastifyApplication): Standings | null =>
  app.get(DiscoveryService).getProviders().map(({ instance }) => instance as unknown).find((instance) => instance instanceof Access) ?? null;

/** No inline script, nothing from elsewhere. Styles may be inline: the component library sets sizes that way. TLS, and so HSTS, ends before Keyfold. */
export const CONTENT_SECURITY = {
  'default-src': ["'self'"],
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** G10 begins here: a route that says nothing about who may use it is a mistake, and the service does not start with it. */
function denyUndeclared(app: NestFastifyApplication): void {
  const undeclared = app.get(CommandRoutes).undeclared();
  if (undeclared.length > 0) throw new Error(`these routes declare neither roles nor that they are public: ${undeclared.join(', ')}`);
}

/** Nest's own messages: its start-up chatter is left out, its warnings are not. What it says of a failed listen is thrown as well. */
function nestLogger(log: Logger) {
  const text = (message: unknown): string => (message instanceof Error ? (message.stack ?? message.message) : String(message));
  const error = (message: unknown, ...rest: unknown[]): void => {
    const context = rest.at(-1);
    if (context !== 'NestApplication') log.error(text(message), { context });
  };
  return {
    log: () => undefined,
    debug: () => undefined,
    verbose: () => undefined,
    warn: (message: unknown, ...rest: unknown[]) => log.warn(text(message), { context: rest.at(-1) }),
    error,
    fatal: error,
  };
}
