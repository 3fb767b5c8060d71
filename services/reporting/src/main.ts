import { startService } from '@keyfold/platform';
import { ReportingModule } from './reporting.module.js';

await startService('reporting', (adapters, config) => ReportingModule.on(adapters, config));
