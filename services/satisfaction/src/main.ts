import { startService } from '@keyfold/platform';
import { SatisfactionModule } from './satisfaction.module.js';

await startService('satisfaction', (adapters, config) => SatisfactionModule.on(adapters, config));
