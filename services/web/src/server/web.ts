import helmet from '@fastify/helmet';
import proxy from '@fastify/http-proxy';
import { type FastifyInstance, fastify } from 'fastify';
import { Unavailable } from '@keyfold/event-sourcing';
import { systemClock } from '@keyfold/event-sourcing-nest';
import { BODY_LIMIT, type Config, CONTENT_SECURITY, DemoIdentity, registerDemoRoutes, type Running, serveDashboard, SERVICES, toProblem } from '@keyfold/platform';

const REQUEST_TIMEOUT_MS = 30_000;

export interface WebOptions {
  /** Folder of the built dashboard. */
  readonly dashboard: string;
}

/** The one origin of the distributed mode: the dashboard, the four services behind it, and the demo sign-in where it is switched on. */
export async function startWeb(config: Pick<Config, 'host' | 'port' | 'peers' | 'demo' | 'oidcAudience'>, { dashboard }: WebOptions): Promise<Running> {
  const web = fastify({ bodyLimit: BODY_LIMIT, requestTimeout: REQUEST_TIMEOUT_MS });
  answerProblems(web);
  await web.register(helmet, { contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY }, strictTransportSecurity: false });
  for (const probe of ['live', 'ready', 'startup']) web.get(`/health/${probe}`, () => ({ status: 'ok' }));
  // The key lives as long as this process: after a restart the demo people sign in again.
  if (config.demo) registerDemoRoutes(web, await DemoIdentity.open(null, config.oidcAudience, systemClock));
  for (const service of SERVICES) {
    for (const prefix of [`/api/${service}`, `/ops/${service}`])
      await web.register(proxy, { prefix, rewritePrefix: prefix, upstream: config.peers[service], http: { requestOptions: { timeout: REQUEST_TIMEOUT_MS } } });
  }
  if (!(await serveDashboard(web, dashboard))) throw new Error(`the dashboard has not been built: there is no index.html in ${dashboard}`);
  const url = await web.listen({ host: config.host, port: config.port });
  return { url, stop: () => web.close() };
}

/** A service that cannot be reached answers like one that says so itself. */
function answerProblems(web: FastifyInstance): void {
  const language = (header: string | undefined) => (header?.toLowerCase().startsWith('fr') ? 'fr' : 'en');
  web.setErrorHandler<Error & { statusCode?: number; code?: string }>((error, request, reply) => {
    const isUnreachable = error.code?.startsWith('FST_REPLY_FROM') ?? false;
    const problem = toProblem(isUnreachable ? new Unavailable('the service behind this address') : error, language(request.headers['accept-language']));
    if (problem.status === 503) void reply.header('retry-after', '2');
    return reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  });
}
