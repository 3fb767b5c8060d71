import { randomBytes } from 'node:crypto';
import { getHeapStatistics } from 'node:v8';
import { LOG_LEVELS } from './log.js';
import { flag, hosts, key, oneOf, type Setting, text, timeZone, url, whole } from './settings.js';

export const SERVICES = ['accounts', 'opportunities', 'satisfaction', 'reporting'] as const;
export type ServiceName = (typeof SERVICES)[number];

const HTTP = ['http:', 'https:'] as const;

/** Every setting of Keyfold. The README's table lists these rows in this order, and a test compares the two. */
export const SETTINGS = {
  mode: oneOf('KEYFOLD_MODE', ['embedded', 'distributed'], { fallback: 'embedded', meaning: 'Everything in one process on a data folder, or services on MongoDB and Kafka' }),
  host: text('KEYFOLD_HOST', { fallback: '127.0.0.1', wants: 'an address to listen on', pattern: /^[\w.:-]+$/, meaning: 'Address to listen on' }),
  port: whole('KEYFOLD_PORT', 0, 65_535, { fallback: '3000', meaning: 'Port to listen on; 0 takes a free one' }),
  metricsPort: whole('KEYFOLD_METRICS_PORT', 0, 65_535, { meaning: 'Port of /metrics (Prometheus text); off when absent, 0 takes a free one' }),
  data: text('KEYFOLD_DATA', { fallback: './.keyfold', wants: 'a folder', meaning: 'Data folder of the embedded mode' }),
  mongoUrl: url('KEYFOLD_MONGO_URL', ['mongodb:', 'mongodb+srv:'], { secret: true, meaning: 'MongoDB replica set of the distributed mode' }),
  kafkaBrokers: hosts('KEYFOLD_KAFKA_BROKERS', { meaning: 'Kafka brokers of the distributed mode' }),
  topicPrefix: text('KEYFOLD_TOPIC_PREFIX', { fallback: '', wants: 'at most 30 letters, digits, dots and hyphens', pattern: /^[A-Za-z0-9.-]{0,30}$/, meaning: 'Prefix of topics, consumer groups and databases, one per organisation' }),
  accountsUrl: url('KEYFOLD_ACCOUNTS_URL', HTTP, { fallback: 'http://127.0.0.1:3001', meaning: 'Where the accounts service answers (distributed)' }),
  opportunitiesUrl: url('KEYFOLD_OPPORTUNITIES_URL', HTTP, { fallback: 'http://127.0.0.1:3002', meaning: 'Where the opportunities service answers (distributed)' }),
  satisfactionUrl: url('KEYFOLD_SATISFACTION_URL', HTTP, { fallback: 'http://127.0.0.1:3003', meaning: 'Where the satisfaction service answers (distributed)' }),
  reportingUrl: url('KEYFOLD_REPORTING_URL', HTTP, { fallback: 'http://127.0.0.1:3004', meaning: 'Where the reporting service answers (distributed)' }),
  publicUrl: url('KEYFOLD_PUBLIC_URL', HTTP, { fallback: 'http://127.0.0.1:3000', meaning: 'Where people reach Keyfold' }),
  serviceToken: text('KEYFOLD_SERVICE_TOKEN', { secret: true, wants: '32 or more random characters (openssl rand -hex 32)', pattern: /^[\w+/=.-]{32,512}$/, meaning: 'Credential of the services among themselves (distributed)' }),
  masterKey: key('KEYFOLD_MASTER_KEY', { meaning: 'Wraps the keys of personal data (distributed; embedded keeps its own in the data folder)' }),
  cursorKey: key('KEYFOLD_CURSOR_KEY', { meaning: 'Signs page cursors (distributed)' }),
  oidcIssuer: text('KEYFOLD_OIDC_ISSUER', { wants: 'the issuer exactly as the tokens name it', meaning: 'Issuer of the tokens of people' }),
  oidcAudience: text('KEYFOLD_OIDC_AUDIENCE', { fallback: 'keyfold', wants: 'the audience as the tokens name it', meaning: 'Audience of the tokens of people' }),
  oidcJwksUrl: url('KEYFOLD_OIDC_JWKS_URL', HTTP, { meaning: 'Public keys of the issuer' }),
  demo: flag('KEYFOLD_DEMO', { meaning: 'Sign-in as demo people, without a password: never where others can reach it' }),
  timeZone: timeZone('KEYFOLD_TIME_ZONE', { fallback: 'Europe/Paris', meaning: 'Time zone in which a date begins and ends' }),
  commandDeadlineMs: whole('KEYFOLD_COMMAND_DEADLINE_MS', 100, 60_000, { fallback: '5000', meaning: 'After this a command is answered with 503; the same for every service' }),
  backupRetentionDays: whole('KEYFOLD_BACKUP_RETENTION_DAYS', 1, 36_500, { meaning: 'How long backups of the databases are kept, as receipts of erasures tell it; unknown without it' }),
  auditDays: whole('KEYFOLD_AUDIT_DAYS', 1, 36_500, { fallback: '400', meaning: 'How long entries of the audit logs are kept' }),
  unusedVersionDays: whole('KEYFOLD_UNUSED_VERSION_DAYS', 1, 36_500, { fallback: '14', meaning: 'How long the rows of former versions of read models are kept once no process runs them' }),
  cacheMb: whole('KEYFOLD_CACHE_MB', 1, 65_536, { meaning: 'Memory for the states of aggregates used last, per service, in MB; a sixteenth of what the heap may take, and 64 at least, without it' }),
  logLevel: oneOf('KEYFOLD_LOG_LEVEL', LOG_LEVELS, { fallback: 'info', meaning: 'The least level that is written' }),
} satisfies Record<string, Setting<unknown>>;

type Values = { -readonly [Name in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Name]['parse']> };
/** Settings that are always there: those with a fallback, those that the demo knows, and the secrets that the embedded mode makes by itself. */
type Present = Exclude<keyof Values, 'metricsPort' | 'mongoUrl' | 'kafkaBrokers' | 'masterKey' | 'backupRetentionDays'>;

export type Config = Readonly<Pick<Values, Present> & { [Name in Exclude<keyof Values, Present>]: Values[Name] | null }> & {
  /** Base URL of each service. */
  readonly peers: Readonly<Record<ServiceName, string>>;
};

/** The settings are wrong; the message names every variable at fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly problems: readonly string[]) {
    super(`the settings are not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
  }
}

const REQUIRED_DISTRIBUTED = ['mongoUrl', 'kafkaBrokers', 'serviceToken', 'masterKey', 'cursorKey'] as const;
/** The issuer of the demo tokens; its keys are served at the public URL. */
export const DEMO_ISSUER = 'keyfold-demo';

/** Reads the settings. Throws ConfigError with all problems at once. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values = Object.fromEntries(
    Object.entries(SETTINGS as Record<string, Setting<unknown>>).map(([name, setting]) => [name, read(setting, environment[setting.name], problems)]),
  ) as { [Name in keyof Values]: Values[Name] | null };
  problems.push(...missing(values), ...weakSecrets(values));
  if (problems.length > 0) throw new ConfigError(problems);
  return complete(values);
}

function read(setting: Setting<unknown>, given: string | undefined, problems: string[]): unknown {
  const value = given === undefined || given === '' ? setting.fallback : given;
  if (value === null) return null;
  try {
    return setting.parse(value);
  } catch {
    problems.push(`${setting.name} is ${setting.secret ? 'set to something else' : `"${value.slice(0, 80)}"`}; it wants ${setting.wants}`);
    return null;
  }
}

/** Read by tests and tools, not by services. */
const OTHER_VARIABLES = ['KEYFOLD_FAILPOINT', 'KEYFOLD_NATIVE_CACHE', 'KEYFOLD_CHROME', 'KEYFOLD_URL', 'KEYFOLD_TOKEN'];

/** Variables that look like settings and are none: a misspelt one leaves its setting at the default. A warning only, for orchestrators add such variables by themselves. */
export function unknownVariables(environment: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set([...Object.values(SETTINGS).map((setting) => setting.name), ...OTHER_VARIABLES]);
  return Object.keys(environment).filter((name) => name.startsWith('KEYFOLD_') && !known.has(name));
}

function missing(values: { [Name in keyof Values]: Values[Name] | null }): string[] {
  const wanted: (keyof Values)[] = values.mode === 'distributed' ? [...REQUIRED_DISTRIBUTED] : [];
  if (!values.demo) wanted.push('oidcIssuer', 'oidcJwksUrl');
  return wanted
    .filter((name) => values[name] === null)
    .map((name) => {
      const { name: variable, wants } = SETTINGS[name];
      const why = REQUIRED_DISTRIBUTED.some((required) => required === name) ? 'in the distributed mode' : 'unless KEYFOLD_DEMO=true';
      return `${variable} is required ${why}; it wants ${wants}`;
    });
}

/** A secret that stands in a manual is no secret. The demo is on loopback and may keep one. */
function weakSecrets({ mode, demo, serviceToken }: { [Name in keyof Values]: Values[Name] | null }): string[] {
  if (mode !== 'distributed' || demo || serviceToken === null) return [];
  const weak = /change.?me|secret|example|default|password|keyfold|development/i.test(serviceToken) || new Set(serviceToken).size < 8;
  return weak ? [`${SETTINGS.serviceToken.name} is a default or easily guessed; it wants ${SETTINGS.serviceToken.wants}`] : [];
}

function complete(values: { [Name in keyof Values]: Values[Name] | null }): Config {
  const { accountsUrl, opportunitiesUrl, satisfactionUrl, reportingUrl } = values;
  return {
    ...values,
    serviceToken: values.serviceToken ?? randomBytes(32).toString('hex'),
    cursorKey: values.cursorKey ?? randomBytes(32),
    cacheMb: values.cacheMb ?? usualCache(),
    oidcIssuer: values.demo ? DEMO_ISSUER : values.oidcIssuer,
    oidcJwksUrl: values.oidcJwksUrl ?? `${values.publicUrl}/auth/jwks.json`,
    peers: { accounts: accountsUrl, opportunities: opportunitiesUrl, satisfaction: satisfactionUrl, reporting: reportingUrl },
  } as Config;
}

/** In MB. The limit of the heap follows from the memory of the machine or the container. */
const usualCache = (): number => Math.max(64, Math.floor(getHeapStatistics().heap_size_limit / 16 / 1_000_000));

/** The settings as the README lists them. */
export function settingsTable(): string {
  const rows = Object.values(SETTINGS as Record<string, Setting<unknown>>).map(({ name, meaning, wants, fallback }) => `| \`${name}\` | ${meaning} | ${wants} | ${fallback ? `\`${fallback}\`` : ''} |`);
  return ['| Variable | What it is for | Wants | Default |', '|---|---|---|---|', ...rows].join('\n');
}
