import { startService } from '@keyfold/platform';
import { OpportunitiesModule } from './opportunities.module.js';

await startService('opportunities', (adapters, config) => OpportunitiesModule.on(adapters, config));
