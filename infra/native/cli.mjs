import { developmentServers, down, status, up } from './development.mjs';

const HELP = `Real MongoDB (replica set) and Kafka (KRaft) for development, without Docker.

  npm run services:up       starts what is not running; data stays in infra/native/data
  npm run services:status   addresses and health; exit code 1 unless both are healthy
  npm run services:down     stops both; the data stays (remove infra/native/data to begin anew)

  KEYFOLD_NATIVE_MONGO_PORT   port of MongoDB (27117)
  KEYFOLD_NATIVE_KAFKA_PORT   port of Kafka (29092); the port after it is its controller's
  KEYFOLD_NATIVE_CACHE        where the downloaded programs stay (~/.cache/keyfold-native)

Needs Linux on x86_64, python3 with pip, Maven and Java 17.`;

const log = (line) => console.log(line);

async function show(servers) {
  const states = await status(servers);
  for (const { label, url, pid, healthy } of states) {
    const health = healthy ? `healthy (process ${pid})` : pid ? `does not answer (process ${pid})` : 'not running';
    log(`${label.padEnd(8)} ${url.padEnd(46)} ${health}`);
  }
  return states.every(({ healthy }) => healthy);
}

const verbs = {
  up: async () => {
    const servers = developmentServers({ log });
    await up(servers, { log });
    const [mongo, kafka] = servers.map(({ server }) => server);
    if (!(await show(servers))) return 1;
    log(`\nexport KEYFOLD_MONGO_URL='${mongo.url}' KEYFOLD_KAFKA_BROKERS=${kafka.brokers}`);
    return 0;
  },
  down: async () => {
    await down(developmentServers());
    log('MongoDB and Kafka are stopped');
    return 0;
  },
  status: async () => ((await show(developmentServers())) ? 0 : 1),
};

const [verb, ...rest] = process.argv.slice(2);
if (['--help', '-h'].some((flag) => flag === verb || rest.includes(flag))) log(HELP);
else if (!verbs[verb] || rest.length) {
  console.error(HELP);
  process.exitCode = 2;
} else
  process.exitCode = await verbs[verb]().catch((error) => {
    console.error(error.message);
    return 1;
  });
