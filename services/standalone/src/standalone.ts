import { fileURLToPath } from 'node:url';
import { AccountsModule } from '@keyfold/accounts';
import type { Logger } from '@keyfold/event-sourcing';
import { OpportunitiesModule } from '@keyfold/opportunities';
import { type Config, type Running, runServices, serveDashboard, type ServiceModules } from '@keyfold/platform';
import { ReportingModule } from '@keyfold/reporting';
import { SatisfactionModule } from '@keyfold/satisfaction';
import { seedDemo } from './demo/seed.js';

const DASHBOARD = fileURLToPath(new URL('../../web/dist/app', import.meta.url));

const SERVICES: ServiceModules = {
  accounts: (adapters, config) => AccountsModule.on(adapters, config),
  opportunities: (adapters, config) => OpportunitiesModule.on(adapters, config),
  satisfaction: (adapters, config) => SatisfactionModule.on(adapters, config),
  reporting: (adapters, config) => ReportingModule.on(adapters, config),
};

export interface StandaloneOptions {
  /** A new data folder stays empty; otherwise, with the demo identity, it gets the demo portfolio. */
  readonly empty: boolean;
  /** Told to the person who waits. */
  readonly say: (sentence: string) => void;
}

/** All services, the dashboard and the demo identity in one process. Listens when the views have caught up with the log. */
export async function startStandalone(config: Config, log: Logger, { empty, say }: StandaloneOptions): Promise<Running> {
  return runServices(SERVICES, config, log, {
    routes: async (fastify) => {
      if (!(await serveDashboard(fastify, DASHBOARD))) log.warn('the dashboard has not been built; the API runs without it', { folder: DASHBOARD });
    },
    progress: buildingProgress(say),
    prepared: async (app, identity) => {
      if (identity) await seedDemo({ app, identity, config, empty, say });
    },
  });
}

const LOUD_AFTER_MS = 1_500;

/** Says how far the views are, once a second, when it takes longer than a person likes to wait in silence. */
function buildingProgress(say: (sentence: string) => void) {
  let next = Infinity;
  return (name: string, done: number, total: number): void => {
    if (next === Infinity) next = Date.now() + LOUD_AFTER_MS;
    if (Date.now() < next) return;
    next = Date.now() + 1_000;
    say(`Reading the log: ${name} ${Math.floor((100 * done) / Math.max(total, 1))} %`);
  };
}
