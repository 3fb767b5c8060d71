import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEMO_PEOPLE } from '@keyfold/platform';
import { ServiceUnderTest } from '@keyfold/testing';
import { bodyOf, type Route, routesOf, SAMPLE_ID, WRONG_VALUES } from './api.js';

/**
 * Every route of the API gets every kind of bad input. Each must be a 4xx with a problem, and the logs must stand where they stood.
 * The routes come from the running process, so that a new one is tested by being there.
 */

const SERVICE_TOKEN = '7b1e5f'.repeat(8);
const KEY = 'key-that-was-used-before';
const NOBODY = '11111111-1111-4111-8111-111111111111';
/** Commands whose caller chooses the id, so that an unknown id is a new thing and no mistake. */
const CALLER_CHOOSES_ID = /\/(register-client|onboard|register|record|raise|publish-[a-z-]+|draft|localise)$/;
const EXISTING: Record<string, string> = {};

let data: string;
let keyfold: ServiceUnderTest;
let routes: Route[];
let tokens: Map<string, string>;

interface Sent {
  readonly route: Route;
  readonly what: string;
  readonly status: number;
  readonly code: string | undefined;
}

async function send(route: Route, what: string, options: { id?: string; query?: string; token?: string | null; body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {}): Promise<Sent> {
  const path = route.path.replace('{id}', options.id ?? NOBODY).replace('{name}', 'nothing') + (options.query ?? '');
  const role = route.roles.find((candidate) => candidate !== 'service') ?? 'service';
  const token = options.token === undefined ? tokens.get(role) : options.token;
  const answer = await keyfold.fetch(path, {
    method: route.method,
    headers: { ...(route.method === 'POST' && { 'content-type': 'application/json' }), ...(token && { authorization: `Bearer ${token}` }), ...options.headers },
    body: route.method === 'POST' ? (options.body ?? JSON.stringify(bodyOf(route.body))) : null,
  });
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json') ?? false;
  const body = await answer.text();
  return { route, what, status: answer.status, code: isProblem ? (JSON.parse(body) as { code: string }).code : `no problem: ${body.slice(0, 80)}` };
}

/** Announces a body of this length and sends none of it: it is refused by its length, and no half-sent body stands in the way of the answer. */
function announce(route: Route, what: string, length: number): Promise<Sent> {
  const role = route.roles.find((candidate) => candidate !== 'service') ?? 'service';
  const headers = { 'content-type': 'application/json', 'content-length': String(length), authorization: `Bearer ${tokens.get(role)}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(new URL(route.path.replace('{id}', existing(route)), keyfold.url), { method: 'POST', headers }, (answer) => {
      void answer.toArray().then((chunks) => {
        outgoing.destroy();
        resolve({ route, what, status: answer.statusCode!, code: (JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as { code: string }).code });
      }, reject);
    });
    outgoing.on('error', reject);
    outgoing.flushHeaders();
  });
}

/** What was not answered as wanted, as lines that say which route and which input. */
const unlike = (sent: readonly Sent[], wanted: (answer: Sent) => boolean): string[] =>
  sent.filter((answer) => !wanted(answer)).map(({ route, what, status, code }) => `${route.method} ${route.path}: ${what} -> ${status} ${code}`);

const refused = ({ status, code }: Sent): boolean => status >= 400 && status < 500 && code !== undefined && !code.startsWith('no problem');

async function all(chosen: readonly Route[], inputs: (route: Route) => readonly Promise<Sent>[]): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const route of chosen) sent.push(...(await Promise.all(inputs(route))));
  expect(sent.length).toBeGreaterThan(0);
  return sent;
}

async function positions(): Promise<number[]> {
  const services = ['accounts', 'opportunities', 'satisfaction', 'reporting'];
  const answers = services.map(async (service) => (await keyfold.fetch(`/ops/${service}/position`, { headers: { authorization: `Bearer ${SERVICE_TOKEN}` } })).json() as Promise<{ position: number }>);
  return (await Promise.all(answers)).map((answer) => answer.position);
}

const commands = (): Route[] => routes.filter((route) => route.isCommand);
const onAggregate = (): Route[] => commands().filter((route) => route.path.includes('{id}'));
const queries = (): Route[] => routes.filter((route) => route.method === 'GET' && route.path.startsWith('/api/'));
/** Sent by the processes of Keyfold itself, about accounts of another service: they name what they like. */
const isOfProcesses = (route: Route): boolean => route.roles.every((role) => role === 'service');
const existing = (route: Route): string => EXISTING[route.path.split('/').slice(1, 4).join('/')]!;

async function useKeyOnce(path: string, body: object): Promise<void> {
  const headers = { authorization: `Bearer ${tokens.get('director')}`, 'content-type': 'application/json', 'idempotency-key': KEY };
  const answer = await keyfold.fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect([path, answer.status]).toEqual([path, 201]);
}

/** The account that sampled bodies name is there and is the key account manager's, and so are its people: what is refused is refused for what is wrong with it. */
async function makeSampleAccount(): Promise<void> {
  const tell = async (role: string, path: string, body: object): Promise<string> => {
    const answer = await keyfold.fetch(`/api/accounts/${path}`, { method: 'POST', headers: { authorization: `Bearer ${tokens.get(role)}`, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    expect([path, answer.ok]).toEqual([path, true]);
    return ((await answer.json()) as { id: string }).id;
  };
  await tell('director', `key-accounts/${SAMPLE_ID}/register-client`, { name: 'Sample', activeSince: '2020-01-01' });
  const ownerId = DEMO_PEOPLE.find(({ role }) => role === 'kam')!.memberId;
  await tell('director', `key-accounts/${SAMPLE_ID}/assign-owner`, { ownerId });
  EXISTING['api/accounts/portfolios'] = await tell('director', `portfolios/${ownerId}/create`, {});
  EXISTING['api/accounts/relationship-maps'] = SAMPLE_ID;
  EXISTING['api/accounts/stakeholders'] = await tell('kam', `stakeholders/${SAMPLE_ID}/register`, { accountId: SAMPLE_ID, name: 'Claire Morel' });
  EXISTING['api/accounts/glossary'] = 'key-account';
  const line = { code: 'listening', label: { en: 'Listening', fr: 'Écoute' } };
  const salaryBand = { min: { amountMinor: 0, currency: 'EUR' }, max: { amountMinor: 1, currency: 'EUR' } };
  const managerId = DEMO_PEOPLE.find(({ role }) => role === 'director')!.memberId;
  EXISTING['api/accounts/requisitions'] = await tell('director', 'requisitions', { role: 'kam', managerId, hiringReason: 'growth', salaryBand, tension: 'tight', criteria: { scorecard: [line] } });
  EXISTING['api/accounts/account-plans'] = await tell('kam', 'account-plans', { accountId: SAMPLE_ID, fiscalYear: 2026, currency: 'EUR' });
  EXISTING['api/accounts/marketing-plans'] = await tell('kam', 'marketing-plans', { accountId: SAMPLE_ID, title: 'Sample', fiscalYear: 2026, currency: 'EUR' });
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'keyfold-bad-input-'));
  const env = { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: data, KEYFOLD_SERVICE_TOKEN: SERVICE_TOKEN, KEYFOLD_LOG_LEVEL: 'error' };
  keyfold = await ServiceUnderTest.start({ main: 'services/standalone/src/main.ts', env });
  routes = await routesOf(keyfold);
  tokens = new Map([['service', SERVICE_TOKEN]]);
  for (const { user, role } of DEMO_PEOPLE) {
    const answer = await keyfold.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
    if (!tokens.has(role)) tokens.set(role, ((await answer.json()) as { token: string }).token);
  }
  for (const list of ['accounts/key-accounts', 'accounts/team-members', 'accounts/tasks', 'opportunities/offerings', 'opportunities/opportunities', 'satisfaction/incidents']) {
    // The first of a list may be anybody's; a task is to be that of the key account manager, whom most of its commands are sent by.
    const reader = list === 'accounts/tasks' ? 'kam' : 'director';
    const answer = await keyfold.fetch(`/api/${list}?limit=1`, { headers: { authorization: `Bearer ${tokens.get(reader)}` } });
    const { id, reporterId } = ((await answer.json()) as { items: { id: string; reporterId?: string }[] }).items[0]!;
    EXISTING[`api/${list}`] = id;
    if (reporterId) EXISTING['api/satisfaction/persons'] = reporterId;
  }
  await makeSampleAccount();
  EXISTING['api/accounts/persons'] = EXISTING['api/accounts/team-members']!;
  const accountId = EXISTING['api/accounts/key-accounts'];
  EXISTING['api/accounts/engagement-plans'] = accountId!;
  EXISTING['api/accounts/csr-scorecards'] = accountId!;
  await useKeyOnce('/api/accounts/key-accounts', { name: 'Once' });
  await useKeyOnce('/api/opportunities/opportunities', { accountId, name: 'Once', motion: 'hunting' });
  await useKeyOnce('/api/satisfaction/incidents', { accountId, title: 'Once', impact: 'low', urgency: 'low' });
});
afterAll(async () => {
  await keyfold.kill();
  await rm(data, { recursive: true, force: true });
});

describe('over every route', () => {
  let before: number[];
  beforeAll(async () => {
    before = await positions();
  });

  it('there are routes to be tested', () => expect(commands().length).toBeGreaterThan(30));

  it('a stranger is asked to sign in', async () => {
    const sent = await all(routes, (route) => [send(route, 'no token', { token: null }), send(route, 'junk', { token: 'a.b.c' }), send(route, 'almost the service', { token: `${SERVICE_TOKEN}x` })]);
    expect(unlike(sent, ({ status }) => status === 401)).toEqual([]);
  });

  it('a role that is not declared is refused', async () => {
    const sent = await all(routes, (route) => [...tokens].filter(([role]) => !route.roles.includes(role)).map(([role, token]) => send(route, role, { token })));
    expect(unlike(sent, ({ status, code }) => status === 403 && code === 'role-missing')).toEqual([]);
  });

  it('a malformed or forbidden body is refused', async () => {
    const deep = `{"name":${'['.repeat(40)}${']'.repeat(40)}}`;
    const bodies: Record<string, string | Uint8Array<ArrayBuffer>> = {
      truncated: '{"name":',
      list: '[]',
      null: 'null',
      deep,
      'huge number': '{"x":1e400}',
      __proto__: '{"__proto__":{"id":"x"}}',
      constructor: '{"constructor":{"prototype":{}}}',
      NUL: '{"x":"\\u0000"}',
      'not UTF-8': new Uint8Array([0x7b, 0xff, 0x7d]),
    };
    const sent = await all(commands(), (route) => Object.entries(bodies).map(([what, body]) => send(route, what, { body, id: existing(route) })));
    expect(unlike(sent, (answer) => refused(answer) && answer.status === 400)).toEqual([]);
  });

  it('a body above 1 MB is refused', async () => {
    const sent = await all(commands(), (route) => [announce(route, 'too large', 1_048_577)]);
    expect(unlike(sent, (answer) => refused(answer) && answer.status === 413)).toEqual([]);
  });

  it('another content type is refused', async () => {
    const sent = await all(commands(), (route) => ['text/plain', 'application/json; charset=utf-16', 'application/x-www-form-urlencoded'].map((type) => send(route, type, { id: existing(route), headers: { 'content-type': type } })));
    expect(unlike(sent, ({ status }) => status === 415)).toEqual([]);
  });

  it('an unknown field is refused, also one that the command carries inside', async () => {
    const fields = ['surprise', 'id', 'context', 'scope', 'version', '$where', 'a.b'];
    const sent = await all(commands(), (route) => fields.map((field) => send(route, field, { id: existing(route), body: JSON.stringify({ ...bodyOf(route.body), [field]: 'x' }) })));
    expect(unlike(sent, ({ status, code }) => status === 400 && code === 'invalid')).toEqual([]);
  });

  it('a wrong value in any field is refused', async () => {
    const withFields = commands().filter((route) => Object.keys(route.body?.properties ?? {}).length > 0);
    const sent = await all(withFields, (route) =>
      Object.keys(route.body!.properties!).flatMap((field) =>
        WRONG_VALUES.map((value) => send(route, `${field} = ${JSON.stringify(value)}`, { id: existing(route), body: JSON.stringify({ ...bodyOf(route.body), [field]: value }) })),
      ),
    );
    expect(unlike(sent, ({ status, code }) => status === 400 && code === 'invalid')).toEqual([]);
  });

  it('an unknown or malformed id is no thing', async () => {
    const known = onAggregate().filter((route) => !CALLER_CHOOSES_ID.test(route.path) && !isOfProcesses(route));
    // A rule over another stream (is the new owner known?) may be judged first: 422.
    expect(unlike(await all(known, (route) => [send(route, 'unknown id')]), ({ status }) => status === 404 || status === 422)).toEqual([]);
    const ids = ['a b', '..%2f..', 'x'.repeat(65), '%00', '{"$gt":""}', '-'];
    const sent = await all([...onAggregate(), ...queries().filter((route) => route.path.includes('{id}'))], (route) => ids.map((id) => send(route, id, { id: id.includes('%') ? id : encodeURIComponent(id) })));
    expect(unlike(sent, refused)).toEqual([]);
  });

  it('a stale or malformed If-Match changes nothing', async () => {
    const stale = await all(onAggregate().filter((route) => !isOfProcesses(route)), (route) => [send(route, 'stale', { id: existing(route), headers: { 'if-match': '"999"' } })]);
    expect(unlike(stale, ({ status }) => status === 412 || status === 422)).toEqual([]);
    expect(stale.filter(({ status }) => status === 412).length).toBeGreaterThan(stale.length / 2);
    const junk = ['999', '"x"', '"1","2"', 'W/1', '"-1"'];
    const sent = await all(onAggregate(), (route) => junk.map((value) => send(route, value, { id: existing(route), headers: { 'if-match': value } })));
    expect(unlike(sent, ({ status, code }) => status === 400 && code === 'if-match-malformed')).toEqual([]);
  });

  it('an Idempotency-Key is not used for something else', async () => {
    const sent = await all(commands().filter((route) => !isOfProcesses(route)), (route) => [send(route, 'used key', { id: existing(route), headers: { 'idempotency-key': KEY } })]);
    expect(unlike(sent, ({ status }) => status === 422)).toEqual([]);
    expect(sent.filter(({ code }) => code === 'command-id-reused').length).toBeGreaterThan(sent.length / 2);
    const malformed = await all(commands(), (route) => ['a b', 'x'.repeat(129)].map((key) => send(route, key, { id: existing(route), headers: { 'idempotency-key': key } })));
    expect(unlike(malformed, ({ status }) => status === 400)).toEqual([]);
  });

  it('a query takes no unknown, repeated or malformed parameter', async () => {
    const bad = ['?surprise=1', '?limit=0', '?limit=201', '?limit=1e9', '?limit=1&limit=2', '?limit[$gt]=1', '?cursor=forged', '?cursor=Zm9v.c2lnbmVk', '?after=x', '?asOf=2017-02-30', '?knownOn=yesterday', '?__proto__=1'];
    const sent = await all(queries(), (route) => bad.map((query) => send(route, query, { id: existing(route) ?? NOBODY, query })));
    expect(unlike(sent, refused)).toEqual([]);
  });

  it('none of it has changed anything', async () => expect(await positions()).toEqual(before));
});
