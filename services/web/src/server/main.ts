import { fileURLToPath } from 'node:url';
import { readConfig, runToTheEnd } from '@keyfold/platform';
import { startWeb } from './web.js';

const DASHBOARD = fileURLToPath(new URL('../app', import.meta.url));

// No store and no transport here: of the settings it needs those that the embedded mode needs too.
await runToTheEnd(() => startWeb(readConfig({ ...process.env, KEYFOLD_MODE: 'embedded' }), { dashboard: DASHBOARD }));
