// npm run bench:accounts: what commands and lists of accounts take at 1 000 and at 100 000 accounts, over HTTP, in both run modes.
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { prepare } from '../../tools/ensure-installed.mjs';
import { buildIfStale } from '../../tools/lib/build.mjs';
import { onStopSignal, stopAll } from '../../tools/lib/processes.mjs';
import { randomFrom } from '../chaos/random.mjs';
import { fill, idOf, managersOf, nameOf } from './fill-accounts.mjs';
import { log } from './lib/report.mjs';
import { startMeasuredServers } from './lib/servers.mjs';
import { median, percentile } from './lib/statistics.mjs';

const HELP = `npm run bench:accounts [-- options]

Fills an empty Keyfold with accounts, each with an owner, one in twenty below another, with a person for one in two and a plan for one in five, then measures commands and lists
one at a time, in random order, over HTTP. Distributed it runs on a MongoDB (with a cache of 2 GB) and a Kafka of its own. Beside every measure an answer without any work (/health/live) and
a durable insert by the bare driver (MongoDB, or SQLite on the same disk) are taken in turn. Nothing is measured before all services have taken in what was filled. A figure is the
median of its rounds.

  --modes embedded,distributed   (both)
  --sizes 1000,100000            numbers of accounts (these)
  --samples N                    of each measure in a round (100)
  --rounds N                     (3)
  --rate N                       requests begun per second, one at a time (10); 0: each as soon as the one before is answered, so that the read
                                 models of earlier commands, their policies and the next request share the cores
  --help                         this text`;

const { values: options } = parseArgs({
  options: {
    modes: { type: 'string', default: 'embedded,distributed' },
    sizes: { type: 'string', default: '1000,100000' },
    samples: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    rate: { type: 'string', default: '10' },
    help: { type: 'boolean', default: false },
  },
});

const SERVICES = ['accounts', 'opportunities', 'satisfaction', 'reporting'];
/** Of each measure before the first that counts, one request after the other: a service that has just begun runs code that is not compiled yet. */
const WARM_UP = 200;
const CURRENCY_SET = JSON.stringify([{ type: 'accounts.key-account.currency-set', data: { currency: 'EUR' } }]);
const LOOK_EVERY_MS = 1_000;
const SETTLED_WITHIN_MS = 20 * 60_000;

async function startEmbedded(ServiceUnderTest, dir) {
  const env = { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: join(dir, 'data'), KEYFOLD_SERVICE_TOKEN: randomBytes(32).toString('hex'), KEYFOLD_LOG_LEVEL: 'error', NODE_OPTIONS: '--max-old-space-size=6000' };
  const keyfold = await ServiceUnderTest.start({ main: 'services/standalone/dist/main.js', args: ['--empty'], env });
  const bare = new DatabaseSync(join(dir, 'bare.db'));
  bare.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE commits (stream_id TEXT PRIMARY KEY, body TEXT)');
  const statement = bare.prepare('INSERT INTO commits VALUES (?, ?)');
  return {
    api: keyfold,
    auth: keyfold,
    services: Object.fromEntries(SERVICES.map((service) => [service, keyfold])),
    insert: async () => void statement.run(randomBytes(8).toString('hex'), CURRENCY_SET),
    async stop() {
      bare.close();
      await keyfold.stop();
    },
  };
}

async function startDistributed({ ServiceUnderTest, freePort }, servers) {
  const ports = Object.fromEntries(await Promise.all(['web', ...SERVICES].map(async (name) => [name, await freePort()])));
  const prefix = `accounts-${randomBytes(4).toString('hex')}`;
  const env = {
    KEYFOLD_MODE: 'distributed',
    KEYFOLD_DEMO: 'true',
    KEYFOLD_MONGO_URL: servers.mongoUrl,
    KEYFOLD_KAFKA_BROKERS: servers.kafkaBrokers,
    KEYFOLD_TOPIC_PREFIX: `${prefix}.`,
    KEYFOLD_SERVICE_TOKEN: randomBytes(32).toString('hex'),
    KEYFOLD_MASTER_KEY: randomBytes(32).toString('base64'),
    KEYFOLD_CURSOR_KEY: randomBytes(32).toString('base64'),
    KEYFOLD_LOG_LEVEL: 'error',
    KEYFOLD_PUBLIC_URL: `http://127.0.0.1:${ports.web}`,
    ...Object.fromEntries(SERVICES.map((service) => [`KEYFOLD_${service.toUpperCase()}_URL`, `http://127.0.0.1:${ports[service]}`])),
  };
  const { spawn } = await import('node:child_process');
  const { once } = await import('node:events');
  const setup = spawn(process.execPath, ['libs/platform/dist/setup.main.js'], { env: { ...process.env, ...env }, stdio: 'inherit' });
  if ((await once(setup, 'exit'))[0] !== 0) throw new Error('the databases and topics could not be made');
  const auth = await ServiceUnderTest.start({ main: 'services/web/dist/server/main.js', env, port: ports.web, readyPath: '/auth/jwks.json' });
  const services = await Promise.all(SERVICES.map((name) => ServiceUnderTest.start({ main: `services/${name}/dist/main.js`, env, port: ports[name], readyWithinMs: 120_000 })));
  const { default: mongoose } = await import('mongoose');
  const client = await mongoose.mongo.MongoClient.connect(servers.mongoUrl);
  const raw = client.db('bench_raw').collection('commits', { writeConcern: { w: 'majority', journal: true } });
  return {
    api: services[SERVICES.indexOf('accounts')],
    auth,
    services: Object.fromEntries(SERVICES.map((service, i) => [service, services[i]])),
    insert: () => raw.insertOne({ streamId: randomBytes(8).toString('hex'), body: CURRENCY_SET }),
    async stop() {
      await client.close();
      await Promise.all([...services, auth].map((process) => process.stop()));
    },
  };
}

async function tokenOf(auth, user) {
  const answer = await auth.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
  return (await answer.json()).token;
}

/** Until every read model and policy of every service has handled all that there is. */
async function settle({ services }, token) {
  const { eventually } = await import('@keyfold/event-sourcing/waiting');
  const lagOf = async ([service, process]) => (await (await process.fetch(`/ops/${service}/lag`, { headers: { authorization: `Bearer ${token}` } })).json()).items;
  const isThrough = async () => {
    const behind = (await Promise.all(Object.entries(services).map(lagOf))).flat().filter(({ events }) => events > 0);
    if (behind.length > 0) throw new Error(`still behind: ${behind.map(({ projection, events }) => `${projection} by ${events}`).join(', ')}`);
  };
  await eventually(isThrough, { deadlineMs: SETTLED_WITHIN_MS, everyMs: LOOK_EVERY_MS });
}

async function measure(running, tokens, size) {
  const { api, insert } = running;
  const random = randomFrom(size);
  const someAccount = () => idOf(random.below(size));
  const tell = (path, body) => async () => {
    const answer = await api.fetch(`/api/accounts/key-accounts${path()}`, { method: 'POST', headers: { authorization: `Bearer ${tokens.director}`, 'content-type': 'application/json' }, body: JSON.stringify(body()) });
    await answer.arrayBuffer();
    // A rule may refuse (a circle, the same owner): that is an answer, and takes the same way.
    if (answer.status >= 500) throw new Error(`${path()}: ${answer.status}`);
  };
  const list = (token, query, of = 'key-accounts') => async () => {
    const answer = await api.fetch(`/api/accounts/${of}?limit=50${query()}`, { headers: { authorization: `Bearer ${token}` } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    await answer.arrayBuffer();
  };
  const managers = managersOf(size);
  const currencies = ['EUR', 'USD', 'GBP', 'CHF', 'SEK'];
  const measures = {
    'no work': async () => void (await (await api.fetch('/health/live')).arrayBuffer()),
    'bare durable insert': insert,
    'command: register a prospect': tell(() => '', () => ({ name: `Prospect ${random.below(1e9)}` })),
    'command: set the currency': tell(() => `/${someAccount()}/set-currency`, () => ({ currency: currencies[random.below(5)] })),
    'command: hand over': tell(() => `/${someAccount()}/hand-over`, () => ({ toOwnerId: managers[random.below(managers.length)], effectiveOn: new Date().toISOString().slice(0, 10), reason: 'bench' })),
    'command: attach to a parent': tell(() => `/${someAccount()}/attach-to-parent`, () => ({ parentId: someAccount() })),
    'list: first page, director': list(tokens.director, () => ''),
    'list: page by name, director': list(tokens.director, () => `&q=${encodeURIComponent(nameOf(random.below(size)).slice(0, 9))}`),
    'list: own accounts, key account manager': list(tokens.kam, () => ''),
    'list: people, director': list(tokens.director, () => '', 'stakeholders'),
    'list: people, key account manager': list(tokens.kam, () => '', 'stakeholders'),
    'list: people of an account, director': list(tokens.director, () => `&accountId=${someAccount()}`, 'stakeholders'),
    'list: account plans, director': list(tokens.director, () => '', 'account-plans'),
    'list: account plans, key account manager': list(tokens.kam, () => '', 'account-plans'),
  };
  const rate = Number(options.rate);
  // In random order: what a command leaves behind (read models, policies) is then not always paid for by the same measure.
  const round = async (samples, pace) => {
    const times = Object.fromEntries(Object.keys(measures).map((name) => [name, []]));
    for (let i = 0; i < samples; i++)
      for (const [name, once] of random.shuffled(Object.entries(measures))) {
        const begun = performance.now();
        await once();
        const took = performance.now() - begun;
        times[name].push(took);
        if (pace > 0) await delay(Math.max(0, 1_000 / pace - took));
      }
    return times;
  };
  await round(WARM_UP, 0);
  const rounds = [];
  while (rounds.length < Number(options.rounds)) {
    await settle(running, tokens.operator);
    rounds.push(await round(Number(options.samples), rate));
  }
  const figure = (name, share) => {
    const each = rounds.map((times) => percentile(times[name], share));
    return { median: median(each), each };
  };
  return Object.fromEntries(Object.keys(measures).map((name) => {
    const [p50, p95] = [figure(name, 0.5), figure(name, 0.95)];
    return [name, { p50: p50.median, p95: p95.median, rounds: { p50: p50.each, p95: p95.each } }];
  }));
}

function tableOf(figures) {
  const lines = ['| Mode | Measure | Accounts | p50 ms | p95 ms | p50 against the fewest |', '|---|---|---|---|---|---|'];
  for (const { mode, sizes } of figures) {
    const [least] = sizes;
    for (const { size, measures } of sizes)
      for (const [name, { p50, p95 }] of Object.entries(measures))
        lines.push(`| ${mode} | ${name} | ${size} | ${p50.toFixed(2)} | ${p95.toFixed(2)} | ${size === least.size ? '' : (p50 / least.measures[name].p50).toFixed(2)} |`);
  }
  return lines.join('\n');
}

async function main() {
  await prepare();
  if (!(await buildIfStale())) process.exit(1);
  // Not by the package's name: its index is made for the runner of the specs.
  const testing = { ...(await import('../../libs/testing/dist/service-under-test.js')), ...(await import('../../libs/testing/dist/ports.js')) };
  const { demoPerson } = await import('@keyfold/platform');
  const people = Object.fromEntries(['director', 'kam'].map((user) => [user, demoPerson(user).memberId]));
  const dir = mkdtempSync(join(tmpdir(), 'keyfold-accounts-'));
  const stops = [];
  const end = async () => {
    for (const stop of stops.splice(0).reverse()) await stop().catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
  };
  onStopSignal(async () => {
    await stopAll();
    await end();
  });
  try {
    const figures = [];
    for (const mode of options.modes.split(',')) {
      const sizes = [];
      for (const size of options.sizes.split(',').map(Number)) {
        log(`${mode}, ${size} accounts`);
        const own = mkdtempSync(join(dir, 'run-'));
        const servers = mode === 'distributed' ? await startMeasuredServers({ dir: own, log }) : null;
        if (servers) stops.push(() => servers.stop());
        const running = mode === 'distributed' ? await startDistributed(testing, servers) : await startEmbedded(testing.ServiceUnderTest, own);
        stops.push(() => running.stop());
        const tokens = Object.fromEntries(await Promise.all(['director', 'kam', 'operator'].map(async (user) => [user, await tokenOf(running.auth, user)])));
        await fill(running, tokens.director, size, people);
        await settle(running, tokens.operator);
        log('all services have taken it in');
        sizes.push({ size, measures: await measure(running, tokens, size) });
        while (stops.length > 0) await stops.pop()();
        rmSync(own, { recursive: true, force: true });
      }
      figures.push({ mode, sizes });
    }
    const results = join(import.meta.dirname, 'results');
    mkdirSync(results, { recursive: true });
    const at = new Date().toISOString();
    const file = join(results, `accounts-${at.replaceAll(':', '-').slice(0, 19)}.json`);
    writeFileSync(file, JSON.stringify({ at, machine: { model: cpus()[0].model.trim(), cores: cpus().length }, samples: Number(options.samples), rounds: Number(options.rounds), rate: Number(options.rate), figures }, null, 1));
    console.log(`${tableOf(figures)}\n\n${file}`);
  } finally {
    await end();
  }
}

if (options.help) console.log(HELP);
else await main();
