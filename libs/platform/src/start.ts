import type { DynamicModule } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { createRemoteJWKSet } from 'jose';
import type { Logger } from '@keyfold/event-sourcing';
import { type Adapters, runtimesOf, startRuntimes, systemClock } from '@keyfold/event-sourcing-nest';
import { createApplication } from './application.js';
import { Authenticator } from './auth/authenticator.js';
import { DemoIdentity, registerDemoRoutes } from './auth/demo-identity.js';
import { type Config, ConfigError, readConfig, type ServiceName, unknownVariables } from './config.js';
import { failpointsFrom } from './failpoints.js';
import { Departure } from './http/departure.js';
import { createLogger } from './log.js';
import type { AdapterTools } from './adapters/tools.js';
import { type Running, runToTheEnd } from './process.js';
import { MetricsRegistry } from './telemetry/metrics-registry.js';
import { type MetricsServer, serveMetrics } from './telemetry/metrics-server.js';

/** The services of a process: their modules over the adapters that they are given. */
export type ServiceModules = Partial<Record<ServiceName, (adapters: Adapters, config: Config) => DynamicModule>>;

export interface StartOptions {
  /** Routes beside those of the services. */
  readonly routes?: (fastify: FastifyInstance) => void | Promise<void>;
  /** Called before the process listens, when everything is built. `identity` is there in an embedded demo. */
  readonly prepared?: (app: NestFastifyApplication, identity: DemoIdentity | null) => Promise<void>;
  readonly progress?: (name: string, done: number, total: number) => void;
}

/** `main.ts` of one service: starts it on MongoDB and Kafka as the environment says, and stops it on SIGTERM. */
export async function startService(service: ServiceName, module: (adapters: Adapters, config: Config) => DynamicModule): Promise<void> {
  await runToTheEnd(async () => {
    const config = readConfig(process.env);
    if (config.mode === 'embedded')
      throw new ConfigError([`KEYFOLD_MODE is "embedded"; one service alone wants distributed (npm start runs all of them embedded)`]);
    return runServices({ [service]: module }, config, processLogger(config, { service }));
  });
}

/** Starts services in this process and listens. */
export async function runServices(modules: ServiceModules, config: Config, log: Logger, options: StartOptions = {}): Promise<Running> {
  for (const name of unknownVariables(process.env)) log.warn(`${name} is not a setting of Keyfold`);
  const metrics = new MetricsRegistry();
  const adapters = await adaptersFor(Object.keys(modules) as ServiceName[], config, { log, metrics, failpoint: failpointsFrom(process.env) });
  const identity = config.demo && config.mode === 'embedded' ? await DemoIdentity.open(config.data, config.oidcAudience, systemClock) : null;
  const keys = identity?.keys ?? createRemoteJWKSet(new URL(config.oidcJwksUrl));
  const authenticator = new Authenticator({ issuer: config.oidcIssuer, audience: config.oidcAudience, keys, serviceToken: config.serviceToken, clock: systemClock });
  const services = Object.entries(modules).map(([name, module]) => module(adapters.get(name)!, config));
  let departure: Departure | null = null;
  const routes = async (fastify: FastifyInstance): Promise<void> => {
    if (config.mode === 'distributed') departure = new Departure(fastify, systemClock);
    if (identity) registerDemoRoutes(fastify, identity);
    await options.routes?.(fastify);
  };
  const app = await createApplication({ services, authenticator, log, routes });
  const runtimes = runtimesOf(app.get(DiscoveryService));
  let scraped: MetricsServer | null = null;
  const stop = async (): Promise<void> => {
    if (app.getHttpServer().listening) await departure?.takeLeave();
    await scraped?.close();
    await app.close(); // takes no more requests and lets the running ones end
    await Promise.all(runtimes.map((runtime) => runtime.stop()));
  };
  try {
    if (config.metricsPort !== null) {
      scraped = await serveMetrics(metrics, { host: config.host, port: config.metricsPort });
      log.info('metrics', { port: scraped.port });
    }
    await startRuntimes(runtimes, options.progress);
    await options.prepared?.(app, identity);
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await stop();
    throw error;
  }
  const { address, port, family } = app.getHttpServer().address() as { address: string; port: number; family: string };
  log.info('listening', { address, port });
  return { url: `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`, stop };
}

/** The adapters are loaded only where they are used: no process needs both kinds. */
async function adaptersFor(services: readonly ServiceName[], config: Config, tools: AdapterTools): Promise<Map<string, Adapters>> {
  if (config.mode === 'embedded') {
    const { embeddedAdapters } = await import('./adapters/embedded.js');
    return embeddedAdapters(services, config, tools);
  }
  const { distributedAdapters } = await import('./adapters/distributed.js');
  return new Map(await Promise.all(services.map(async (service) => [service, await distributedAdapters(service, config, tools)] as const)));
}

/** JSON lines on stderr, or short ones where a person looks at it. */
export const processLogger = (config: Pick<Config, 'logLevel'>, fields: object = {}): Logger =>
  createLogger({ level: config.logLevel, fields, clock: systemClock, plain: process.stderr.isTTY, write: (line) => void process.stderr.write(line) });
