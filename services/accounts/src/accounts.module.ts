import { type DynamicModule, Module } from '@nestjs/common';
import { registry } from '@keyfold/contracts';
import { type Adapters, EventSourcingModule, partsOf } from '@keyfold/event-sourcing-nest';
import { accountDirectory, type Config, finishErasureWhenItIsRequested, memberDirectory, personRoutes, serviceProviders } from '@keyfold/platform';
import { csr } from './csr-scorecard/wiring.js';
import { dataQualityParts } from './data-quality/wiring.js';
import { engagement } from './engagement-plan/wiring.js';
import { keyAccountParts } from './key-account/wiring.js';
import { plans } from './plan/wiring.js';
import { policyParts } from './policy/wiring.js';
import { portfolioParts } from './portfolio/wiring.js';
import { people } from './relationship-map/wiring.js';
import { taskParts } from './task/wiring.js';
import { team } from './team-member/wiring.js';

const persons = personRoutes('accounts');
const { module, definition } = partsOf('accounts', [
  { cases: [], projections: [memberDirectory, accountDirectory], policies: [finishErasureWhenItIsRequested('accounts')] },
  keyAccountParts,
  portfolioParts,
  team,
  taskParts,
  people,
  engagement,
  csr,
  plans,
  policyParts,
  dataQualityParts,
]);

@Module({ controllers: [...module.controllers, ...persons.controllers], providers: [...module.providers, ...persons.providers] })
export class AccountsModule {
  /** Everything that accounts consists of. */
  static on(adapters: Adapters, config: Config): DynamicModule {
    return { module: AccountsModule, imports: [EventSourcingModule.forService({ ...definition, registry }, adapters, serviceProviders(config))] };
  }
}
