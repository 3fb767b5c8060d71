import { DEMO_PEOPLE, processLogger, readConfig, runToTheEnd } from '@keyfold/platform';
import { HELP, readOptions } from './options.js';
import { startStandalone } from './standalone.js';

const say = (sentence: string): void => void process.stdout.write(`${sentence}\n`);

await runToTheEnd(async () => {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    say(HELP);
    process.exit(0);
  }
  const config = readConfig({ ...process.env, KEYFOLD_MODE: 'embedded', ...options.settings });
  const running = await startStandalone(config, processLogger({ logLevel: process.stderr.isTTY ? 'warn' : config.logLevel }), { empty: options.empty, say });
  say(`\nKeyfold runs at ${running.url} (data in ${config.data}). Ctrl-C stops it.`);
  if (config.demo) say(`Sign in there as one of the demo people: ${DEMO_PEOPLE.map(({ user, name }) => `${user} (${name})`).join(', ')}.`);
  return running;
});
