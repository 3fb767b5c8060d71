import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsOptional } from 'class-validator';
import type { InjectOptions } from 'light-my-request';
import { CommandIdReused, DomainError, NotFound, StaleVersion, Unavailable, UnknownEventVersion, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { Act, Allow, Read, systemClock } from '@keyfold/event-sourcing-nest';
import { createApplication } from './application.js';
import { Authenticator } from './auth/authenticator.js';
import { DemoIdentity } from './auth/demo-identity.js';
import { DEMO_ISSUER } from './config.js';
import { IsDateOnly, IsId, IsInstant, IsMoney, IsName, IsText, IsWhole, MoneyBody, OrNull } from './http/validators.js';
import { createLogger } from './log.js';

class ThingBody {
  @IsName() name!: string;
  @IsOptional() @IsText(20) note?: string;
  @IsOptional() @IsId() ownerId?: string;
  @IsOptional() @IsMoney() price?: MoneyBody;
  @IsOptional() @IsWhole(0, 100) share?: number;
  @IsOptional() @IsDateOnly() on?: string;
  @IsOptional() @IsInstant() at?: string;
  @OrNull() @IsId() parentId: string | null = null;
}

/** A command without facts of its own. */
class Touch {}

class ThingQuery {
  @IsOptional() @Type(() => Number) @IsWhole(1, 200) limit?: number;
  @IsOptional() @IsName() q?: string;
}

const failures: Record<string, () => Error> = {
  domain: () => new DomainError('things.too-many', { limit: 5 }),
  missing: () => new NotFound('thing', '7'),
  race: () => new WrongExpectedVersion('thing-7', 3),
  stale: () => new StaleVersion(3, 5),
  reused: () => new CommandIdReused('c-1'),
  outage: () => new Unavailable('the store', { retryAfterSeconds: 7 }),
  newer: () => new UnknownEventVersion('things.thing.moved', 2),
  bug: () => new TypeError('secret detail of the inside'),
};

@Controller('api/things')
class ThingController {
  @Post() @Allow('kam') create(@Body() body: ThingBody) {
    return { ...body, version: 3 };
  }
  @Act('touch', 'kam') touch(@Body() _body: Touch) {
    return { id: '7', version: 4 };
  }
  @Read('', 'kam', 'auditor') list(@Query() query: ThingQuery) {
    return { items: [], limit: query.limit };
  }
  @Read('fail/:how', 'kam') fail(@Query('how') how: string) {
    throw failures[how]!();
  }
}

let app: NestFastifyApplication;
let identity: DemoIdentity;
let token: string;
const logged: string[] = [];
const log = createLogger({ level: 'info', clock: systemClock, plain: false, write: (line) => void logged.push(line) });

beforeAll(async () => {
  identity = await DemoIdentity.open(null, 'keyfold', systemClock);
  const authenticator = new Authenticator({ issuer: DEMO_ISSUER, audience: 'keyfold', keys: identity.keys, serviceToken: 'c0ffee'.repeat(8), clock: systemClock });
  app = await createApplication({ services: [], controllers: [ThingController], authenticator, log });
  token = (await identity.token('kam'))!;
});
afterAll(() => app.close());

const send = (options: InjectOptions) => app.inject({ ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } });
const post = (payload: unknown, headers: Record<string, string> = {}) =>
  send({ method: 'POST', url: '/api/things', payload: typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload), headers: { 'content-type': 'application/json', ...headers } });

describe('who may come in', () => {
  it('asks for a sign-in, says how, and never answers a stranger', async () => {
    const answer = await app.inject({ method: 'GET', url: '/api/things', headers: { 'accept-language': 'fr-FR,fr;q=0.9,en;q=0.8' } });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="keyfold"');
    expect(answer.json()).toMatchObject({ status: 401, code: 'unauthenticated', title: 'Veuillez vous connecter.' });
    expect((await app.inject({ method: 'HEAD', url: '/api/things' })).statusCode).toBe(401);
  });

  it('lets the declared roles in and no others', async () => {
    const auditor = { authorization: `Bearer ${await identity.token('auditor')}` };
    expect((await app.inject({ method: 'GET', url: '/api/things', headers: auditor })).statusCode).toBe(200);
    const refused = await app.inject({ method: 'POST', url: '/api/things', headers: auditor, payload: { name: 'x' } });
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'role-missing']);
  });

  it('needs no sign-in for the probes', async () => expect((await app.inject('/health/live')).json()).toEqual({ status: 'ok' }));

  it('does not start with a route that declares nothing', async () => {
    @Controller('api/open')
    class Careless {
      @Get() all() {
        return 'everything';
      }
    }
    const authenticator = new Authenticator({ issuer: 'i', audience: 'a', keys: identity.keys, serviceToken: 'c0ffee'.repeat(8), clock: systemClock });
    await expect(createApplication({ services: [], controllers: [Careless], authenticator, log })).rejects.toThrow(/Careless\.all/);
  });
});

describe('errors as problem+json', () => {
  it.each([
    ['domain', 422, 'things.too-many', { limit: 5 }],
    ['missing', 404, 'not-found', { kind: 'thing', id: '7' }],
    ['race', 409, 'conflict', {}],
    ['stale', 412, 'stale-version', { expected: 3, actual: 5 }],
    ['reused', 422, 'command-id-reused', {}],
    ['outage', 503, 'unavailable', { what: 'the store' }],
    ['newer', 503, 'event-version-unknown', { type: 'things.thing.moved', version: 2 }],
    ['bug', 500, 'internal', {}],
  ])('%s is %i %s', async (how, status, code, params) => {
    const answer = await send({ url: `/api/things/fail/x?how=${how}` });
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(answer.json()).toEqual({ type: `urn:keyfold:problem:${code}`, title: expect.any(String), status, code, params, traceId: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['retry-after']).toBe({ outage: '7', newer: '1' }[how]);
  });

  it('tells the log what it does not tell the caller, under the same trace', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const answer = await send({ url: '/api/things/fail/x?how=bug', headers: { traceparent } });
    expect(answer.body).not.toContain('secret detail');
    expect(answer.json().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    const line = JSON.parse(logged.at(-1)!) as object;
    expect(line).toMatchObject({ level: 'error', traceId: '0af7651916cd43dd8448eb211c80319c', route: '/api/things/fail/:how' });
    expect(JSON.stringify(line)).toContain('secret detail');
  });

  it('is fluent in both languages', async () => {
    const title = async (language: string) => (await send({ url: '/api/things/fail/x?how=stale', headers: { 'accept-language': language } })).json().title as string;
    expect(await title('en-GB')).toBe('This was changed since you looked: you saw version 3, it is now at 5.');
    expect(await title('fr')).toContain('vous aviez vu la version 3');
    expect(await title('en;q=0.5, fr;q=0.7')).toContain('vous aviez vu');
    expect(await title('de, xx;q=junk')).toContain('you saw');
  });

  it('points at each field that is wrong, in the nested ones too', async () => {
    const answer = await post({ name: ' ', price: { amountMinor: 1.5, currency: 'QQQ', 'a/b~c': 1 }, share: 101, surprise: 1 }, { 'accept-language': 'fr' });
    expect(answer.statusCode).toBe(400);
    const errors = answer.json<{ errors: { pointer: string; code: string; message: string }[] }>().errors;
    expect(errors.map((error) => `${error.pointer} ${error.code}`).toSorted()).toEqual(
      ['/name is-name', '/price/amountMinor is-whole', '/price/a~1b~0c unknown-field', '/price/currency is-currency', '/share is-whole', '/surprise unknown-field'],
    );
    expect(errors.find((error) => error.pointer === '/surprise')?.message).toBe("ce champ n'existe pas");
  });

  it('carries the version of an aggregate as ETag', async () => expect((await post({ name: 'x' })).headers['etag']).toBe('"3"'));
});

describe('bad input', () => {
  const deep = (depth: number): string => `{"name":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const bodies: [string, string | Buffer, number, string][] = [
    ['nothing', '', 400, 'json-malformed'],
    ['null', 'null', 400, 'json-not-an-object'],
    ['a list', '[]', 400, 'json-not-an-object'],
    ['a text', '"x"', 400, 'json-not-an-object'],
    ['half an object', '{"name":', 400, 'json-malformed'],
    ['a byte order mark', '\ufeff{"name":"x"}', 400, 'json-malformed'],
    ['UTF-16', Buffer.from('{"name":"x"}', 'utf16le'), 400, 'json-malformed'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 400, 'json-malformed'],
    ['NaN', '{"name":"x","share":NaN}', 400, 'json-malformed'],
    ['1e400', '{"name":"x","share":1e400}', 400, 'json-number-too-large'],
    ['a depth of 40', deep(40), 400, 'json-too-deep'],
    ['a depth of 10 000', deep(10_000), 400, 'json-too-deep'],
    ['50 000 keys', JSON.stringify(Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`k${i}`, 1]))), 400, 'json-too-many-values'],
    ['more than 1 MB', JSON.stringify({ name: 'x'.repeat(1_048_577) }), 413, 'too-large'],
    ['__proto__', '{"name":"x","__proto__":{"role":"director"}}', 400, 'json-forbidden-key'],
    ['constructor.prototype', '{"name":"x","constructor":{"prototype":{}}}', 400, 'json-forbidden-key'],
    ['NUL in a text', '{"name":"a\\u0000b"}', 400, 'json-text-malformed'],
    ['half a surrogate pair', '{"name":"a\\ud800b"}', 400, 'json-text-malformed'],
    ['$gt instead of a text', '{"name":{"$gt":""}}', 400, 'invalid'],
    ['$where as a key', '{"name":"x","$where":"1"}', 400, 'invalid'],
    ['a list instead of money', '{"name":"x","price":[{"amountMinor":1,"currency":"EUR"}]}', 400, 'invalid'],
    ['a text instead of money', '{"name":"x","price":"12 EUR"}', 400, 'invalid'],
    ['a text instead of a number', '{"name":"x","share":"12"}', 400, 'invalid'],
    ['2^53+1', '{"name":"x","price":{"amountMinor":9007199254740993,"currency":"EUR"}}', 400, 'invalid'],
    ['null where a value is needed', '{"name":null}', 400, 'invalid'],
    ['an id of 10 kB', JSON.stringify({ name: 'x', ownerId: 'a'.repeat(10_000) }), 400, 'invalid'],
    ['30 February', '{"name":"x","on":"2017-02-30"}', 400, 'invalid'],
    ['an offset of 26 hours', '{"name":"x","at":"2017-06-30T10:00:00+26:00"}', 400, 'invalid'],
    ['a leap second', '{"name":"x","at":"2016-12-31T23:59:60Z"}', 400, 'invalid'],
    ['a line break in a name', '{"name":"a\\nb"}', 400, 'invalid'],
    ['an empty note', '{"name":"x","note":""}', 400, 'invalid'],
  ];

  it.each(bodies)('refuses %s', async (_name, body, status, code) => {
    const answer = await post(body);
    expect([answer.statusCode, answer.json().code]).toEqual([status, code]);
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['text/plain', 'application/xml', 'application/json; charset=utf-16', 'application/json\t; x', 'application/jsonx', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    'refuses the content type %s',
    async (type) => expect((await post('{"name":"x"}', { 'content-type': type })).statusCode).toBe(415),
  );

  it.each(['?limit=0', '?limit=1e3', '?limit=201', '?limit=1&limit=2', '?limit[$gt]=1', '?nothing=1', '?__proto__=1', '?constructor[prototype]=1', '?q=', '?q=a&q=b', '?limit='])('refuses the query %s', async (query) => {
    const answer = await send({ url: `/api/things${query}` });
    expect([answer.statusCode, answer.json().code]).toEqual([400, 'invalid']);
  });

  it.each(['/api/%zz', '/api/nothing', '/api/things/%2e%2e/%2e%2e/etc', '/api/things;x', '//api/things', `/api/things/${'a'.repeat(10_000)}/touch`])('answers %.30s with a problem', async (url) => {
    const answer = await send({ url });
    expect(answer.statusCode).toBeGreaterThanOrEqual(400);
    expect(answer.statusCode).toBeLessThan(500);
    expect(answer.json()).toMatchObject({ status: answer.statusCode, code: expect.any(String) });
  });

  it('takes what is right, and a command without facts without a body', async () => {
    const body = { name: 'Ünïcode 🙂', note: 'two\nlines', price: { amountMinor: -1, currency: 'EUR' }, share: 0, on: '2016-02-29', at: '2017-06-30T10:00:00.5+02:00', parentId: null };
    const answer = await post(body, { 'content-type': 'application/json; charset=UTF-8' });
    expect(answer.json()).toEqual({ ...body, version: 3 });
    expect((await send({ method: 'POST', url: '/api/things/7/touch' })).json()).toEqual({ id: '7', version: 4 });
    expect((await send({ method: 'POST', url: '/api/things/7/touch', payload: { role: 'director' } })).statusCode).toBe(400);
    expect((await send({ url: '/api/things?limit=7' })).json()).toEqual({ items: [], limit: 7 });
  });
});

describe('headers of every answer', () => {
  it('forbid scripts from elsewhere', async () => {
    const { headers } = await app.inject('/health/live');
    expect(headers['content-security-policy']).toContain("default-src 'self'");
    expect(headers['content-security-policy']).not.toContain('unsafe-eval');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-powered-by']).toBeUndefined();
  });
});

describe('the description of the API', () => {
  it('and its page come from this server alone', async () => {
    expect((await app.inject('/api/openapi.json')).json()).toMatchObject({ openapi: '3.1.0', paths: { '/api/things/{id}/touch': { post: { description: 'For kam.' } } } });
    const page = await app.inject('/api/docs');
    for (const [, address] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) expect([address, (await app.inject(address!)).statusCode]).toEqual([address, 200]);
    expect(page.body).not.toMatch(/<script>|https?:/);
  });
});
