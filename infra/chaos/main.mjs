// npm run chaos: real faults on real processes and real servers. See infra/chaos/README.md.
import { parseArgs } from 'node:util';
import { Run } from './run.mjs';
import { table, totals, writeReport } from './report.mjs';
import { SCENARIOS } from './scenarios/all.mjs';
import { SHORT } from './scenarios/short.mjs';

const HELP = `npm run chaos -- [options]

Starts MongoDB, Kafka and the four services, puts them under load, breaks them, and checks afterwards that nothing acknowledged is lost, nothing
happened twice, and every read model is the fold of the logs. Needs the native servers (Linux x86_64, python3 with pip, Maven, Java 17).

  --only F1,F4       these scenarios; without it all but STORM
  --short            as npm test runs them: ${SHORT.join(', ')}, few cycles each
  --kills N          so many cycles of each scenario that has cycles
  --commands N       the scenario STORM until N commands are acknowledged
  --rate N           commands per second of the load (300, and as many as possible in STORM)
  --minutes N        STORM ends after N minutes at the latest (60)
  --seed N           the same commands and the same plan of faults again
  --json FILE        writes the report there as well
  --dir FOLDER       where the servers keep their data (the temporary folder)
  --keep             leaves the files of a run that failed
  --help

${SCENARIOS.map(({ id, title }) => `  ${id.padEnd(6)} ${title}`).join('\n')}
`;

const whole = (name, value) => {
  if (value === undefined) return undefined;
  if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} is "${value}"; it wants a whole number`);
  return Number(value);
};

function read(args) {
  const string = { type: 'string' };
  const boolean = { type: 'boolean' };
  const { values } = parseArgs({
    args,
    options: {
      only: string,
      short: boolean,
      kills: string,
      commands: string,
      minutes: string,
      rate: string,
      seed: string,
      json: string,
      dir: string,
      keep: boolean,
      help: boolean,
    },
  });
  const known = new Set(SCENARIOS.map(({ id }) => id));
  const wanted =
    values.only?.split(',') ?? (values.commands ? ['STORM'] : values.short ? SHORT : [...known].filter((id) => id !== 'STORM'));
  for (const id of wanted) if (!known.has(id)) throw new Error(`--only names ${id}; there are ${[...known].join(', ')}`);
  const numbers = Object.fromEntries(['kills', 'commands', 'minutes', 'rate', 'seed'].map((name) => [name, whole(name, values[name])]));
  return {
    ...values,
    ...numbers,
    seed: numbers.seed ?? Math.floor(Math.random() * 1e9),
    scenarios: SCENARIOS.filter(({ id }) => wanted.includes(id)),
  };
}

let options;
try {
  options = read(process.argv.slice(2));
} catch (error) {
  console.error(`${error.message}\nnpm run chaos -- --help lists the options.`);
  process.exit(2);
}
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const began = performance.now();
const seconds = () => (performance.now() - began) / 1000;
const run = new Run({ ...options, log: (line) => console.log(`${seconds().toFixed(0).padStart(5)} s  ${line}`) });
const rows = [];
const finish = async () => {
  await run.close();
  console.log(`\n${table(rows)}\n\nseed ${options.seed}, ${seconds().toFixed(0)} s: ${JSON.stringify(totals(rows))}`);
  if (options.json) writeReport(options.json, { options, rows, seconds: seconds() });
};
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    // The scenario under way loses its laboratory, and whatever it says of that is no finding.
    process.on('unhandledRejection', () => undefined);
    void finish().then(() => process.exit(130));
  });

for (const scenario of options.scenarios) rows.push(await run.scenario(scenario));
await finish();
process.exit(totals(rows).failed === 0 ? 0 : 1);
