import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { ConfigError, readConfig, SETTINGS, settingsTable, unknownVariables } from './config.js';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, i) => i * 7)).toString('base64');
const TOKEN = '3f9a1c5e7b2d4860a1b2c3d4e5f60718293a4b5c6d7e8f90';
const DISTRIBUTED = {
  KEYFOLD_MODE: 'distributed',
  KEYFOLD_MONGO_URL: 'mongodb://user:hunter2@db/?replicaSet=rs',
  KEYFOLD_KAFKA_BROKERS: 'a:9092, b:9092',
  KEYFOLD_SERVICE_TOKEN: TOKEN,
  KEYFOLD_MASTER_KEY: KEY,
  KEYFOLD_CURSOR_KEY: KEY,
  KEYFOLD_OIDC_ISSUER: 'https://login.example.org',
  KEYFOLD_OIDC_JWKS_URL: 'https://login.example.org/keys',
};

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
};

describe('settings', () => {
  it('need nothing but the demo switch to try Keyfold', () => {
    const config = readConfig({ KEYFOLD_DEMO: 'true', PATH: '/bin' });
    expect(config).toMatchObject({ mode: 'embedded', host: '127.0.0.1', port: 3000, demo: true, timeZone: 'Europe/Paris', mongoUrl: null, oidcIssuer: 'keyfold-demo' });
    expect(config.oidcJwksUrl).toBe('http://127.0.0.1:3000/auth/jwks.json');
    expect(config.serviceToken).not.toBe(readConfig({ KEYFOLD_DEMO: 'true' }).serviceToken);
  });

  it('take the several hosts of a replica set', () => {
    const url = 'mongodb://user:hunter2@a:27017,b:27017,c:27017/?replicaSet=rs';
    expect(readConfig({ ...DISTRIBUTED, KEYFOLD_MONGO_URL: url }).mongoUrl).toBe(url);
    expect(problemsOf({ ...DISTRIBUTED, KEYFOLD_MONGO_URL: 'mongodb://a:99999999,b/' })).toHaveLength(2);
    expect(problemsOf({ ...DISTRIBUTED, KEYFOLD_REPORTING_URL: 'http://a:3000,b:3000' })).toHaveLength(1);
  });

  it('are typed and complete in the distributed mode', () => {
    const config = readConfig({ ...DISTRIBUTED, KEYFOLD_REPORTING_URL: 'http://reporting:3000/' });
    expect(config.kafkaBrokers).toEqual(['a:9092', 'b:9092']);
    expect(config.masterKey).toHaveLength(32);
    expect(config.peers).toMatchObject({ accounts: 'http://127.0.0.1:3001', reporting: 'http://reporting:3000' });
  });

  it('report all problems at once, with the variable, what it got and what it wants', () => {
    expect(problemsOf({ KEYFOLD_DEMO: 'true', KEYFOLD_PORT: '80 80', KEYFOLD_TIME_ZONE: 'Mars/Olympus' })).toEqual([
      'KEYFOLD_PORT is "80 80"; it wants a whole number from 0 to 65535',
      'KEYFOLD_TIME_ZONE is "Mars/Olympus"; it wants an IANA time zone such as Europe/Paris',
    ]);
  });

  it('tell a misspelt variable', () => expect(unknownVariables({ KEYFOLD_PROT: '1', KEYFOLD_PORT: '1', PATH: '/bin' })).toEqual(['KEYFOLD_PROT']));

  it('refuse the distributed mode without its secrets', () => {
    const problems = problemsOf({ KEYFOLD_MODE: 'distributed' }).join('\n');
    for (const name of Object.keys(DISTRIBUTED).slice(1)) expect(problems).toContain(`${name} is required`);
  });

  it.each([
    ['KEYFOLD_SERVICE_TOKEN', 'change-me-change-me-change-me-change-me'],
    ['KEYFOLD_SERVICE_TOKEN', 'a'.repeat(64)],
    ['KEYFOLD_SERVICE_TOKEN', 'short'],
    ['KEYFOLD_MASTER_KEY', Buffer.alloc(32).toString('base64')],
    ['KEYFOLD_MASTER_KEY', Buffer.alloc(31, 'x').toString('base64')],
    ['KEYFOLD_CURSOR_KEY', 'not base64 at all'],
  ])('refuse %s=%s and do not repeat it', (name, value) => {
    const problems = problemsOf({ ...DISTRIBUTED, [name]: value }).join('\n');
    expect(problems).toContain(name);
    expect(problems).not.toContain(value);
  });

  it.each([
    ['KEYFOLD_MONGO_URL', 'http://db'],
    ['KEYFOLD_KAFKA_BROKERS', 'kafka'],
    ['KEYFOLD_ACCOUNTS_URL', 'ftp://accounts'],
    ['KEYFOLD_DEMO', 'yes'],
    ['KEYFOLD_MODE', 'cloud'],
    ['KEYFOLD_PORT', '65536'],
  ])('refuse %s=%s', (name, value) => expect(problemsOf({ ...DISTRIBUTED, [name]: value }).join('\n')).toContain(name));

  it('say what they are for, under names of their own', () => {
    const all = Object.values(SETTINGS);
    expect(new Set(all.map((setting) => setting.name)).size).toBe(all.length);
    for (const { name, meaning, wants } of all) expect([name.startsWith('KEYFOLD_'), meaning.length > 5, wants.length > 2]).toEqual([true, true, true]);
  });

  it('stand in the README as they are here', () => {
    const readme = fileURLToPath(new URL('../../../README.md', import.meta.url));
    if (existsSync(readme)) expect(readFileSync(readme, 'utf8')).toContain(settingsTable());
    expect(settingsTable()).toContain('| `KEYFOLD_PORT` | Port to listen on; 0 takes a free one | a whole number from 0 to 65535 | `3000` |');
  });
});
