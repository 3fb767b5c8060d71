import { startService } from '@keyfold/platform';
import { AccountsModule } from './accounts.module.js';

await startService('accounts', (adapters, config) => AccountsModule.on(adapters, config));
