import { readConfig } from './config.js';
import { sentence } from './process.js';
import { processLogger } from './start.js';

/** The deployment job: makes indexes and topics, then ends. */
try {
  const config = readConfig({ ...process.env, KEYFOLD_MODE: 'distributed' });
  const { setUp } = await import('./adapters/distributed.js');
  await setUp(config, processLogger(config, { service: 'setup' }));
} catch (error) {
  process.stderr.write(`${sentence(error)}\n`);
  process.exitCode = 1;
}
