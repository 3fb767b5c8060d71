import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, exportJWK, exportSPKI, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { Unavailable } from '@keyfold/event-sourcing';
import { Authenticator } from './authenticator.js';
import { Unauthenticated } from './unauthenticated.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const seconds = (offset: number): number => NOW / 1000 + offset;
const SERVICE_TOKEN = 'c0ffee'.repeat(8);
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

let time = NOW;
const clock = { now: () => new Date(time), wait: () => Promise.resolve() };
const claims = { sub: 'u-1', iss: 'issuer', aud: 'keyfold', exp: seconds(3600), roles: ['kam', 'service', 'unheard-of'], member: 'm-1' };

let ours: Awaited<ReturnType<typeof generateKeyPair>>;
let rsa: Awaited<ReturnType<typeof generateKeyPair>>;
let strangers: Awaited<ReturnType<typeof generateKeyPair>>;
let authenticator: Authenticator;

const sign = (payload: JWTPayload, header: { alg?: string; kid?: string } = {}, key = ours.privateKey): Promise<string> =>
  new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);

beforeAll(async () => {
  [ours, rsa, strangers] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('RS256'), generateKeyPair('ES256')]);
  const keys = createLocalJWKSet({
    keys: [
      { ...(await exportJWK(ours.publicKey)), kid: 'one' },
      { ...(await exportJWK(rsa.publicKey)), kid: 'two' },
    ],
  });
  authenticator = new Authenticator({ issuer: 'issuer', audience: 'keyfold', keys, serviceToken: SERVICE_TOKEN, clock });
});

const refusal = (authorization: string | undefined): Promise<unknown> => authenticator.principalOf(authorization).catch((error: unknown) => error);

describe('who a request comes from', () => {
  it('is the person whom the token names, with the roles that a person may have', async () => {
    await expect(authenticator.principalOf(`Bearer ${await sign(claims)}`)).resolves.toEqual({ subject: 'u-1', memberId: 'm-1', roles: ['kam'] });
    const noMember = { ...claims, member: undefined };
    await expect(authenticator.principalOf(`bearer ${await sign(noMember, { alg: 'RS256', kid: 'two' }, rsa.privateKey)}`)).resolves.toMatchObject({ memberId: null });
  });

  it('is a service when it carries the service credential', () =>
    expect(authenticator.principalOf(`Bearer ${SERVICE_TOKEN}`)).resolves.toEqual({ subject: 'service', memberId: null, roles: ['service'] }));

  it('is told again without a check, until the token expires', async () => {
    const token = await sign({ ...claims, exp: seconds(10) });
    const first = await authenticator.principalOf(`Bearer ${token}`);
    expect(await authenticator.principalOf(`Bearer ${token}`)).toBe(first);
    time = NOW + 20_000;
    await expect(authenticator.principalOf(`Bearer ${token}`)).rejects.toMatchObject({ code: 'token-expired' });
    time = NOW;
  });

  const table: [string, () => Promise<string | undefined> | string | undefined, string][] = [
    ['no header', () => undefined, 'unauthenticated'],
    ['an empty header', () => '', 'unauthenticated'],
    ['another scheme', () => 'Basic dXNlcjpwYXNz', 'token-invalid'],
    ['a bearer without a token', () => 'Bearer ', 'token-invalid'],
    ['junk', () => 'Bearer not.a.token', 'token-invalid'],
    ['two tokens', async () => `Bearer ${await sign(claims)} ${await sign(claims)}`, 'token-invalid'],
    ['an expired token', async () => `Bearer ${await sign({ ...claims, exp: seconds(-10) })}`, 'token-expired'],
    ['a token without exp', async () => `Bearer ${await sign({ ...claims, exp: undefined })}`, 'token-invalid'],
    ['a token without sub', async () => `Bearer ${await sign({ ...claims, sub: undefined })}`, 'token-invalid'],
    ['nbf in the future', async () => `Bearer ${await sign({ ...claims, nbf: seconds(600) })}`, 'token-invalid'],
    ['another audience', async () => `Bearer ${await sign({ ...claims, aud: 'other' })}`, 'token-invalid'],
    ['no audience', async () => `Bearer ${await sign({ ...claims, aud: undefined })}`, 'token-invalid'],
    ['another issuer', async () => `Bearer ${await sign({ ...claims, iss: 'other' })}`, 'token-invalid'],
    ["a stranger's key under our kid", async () => `Bearer ${await sign(claims, {}, strangers.privateKey)}`, 'token-invalid'],
    ['an unknown kid', async () => `Bearer ${await sign(claims, { kid: '../../etc/passwd' })}`, 'token-invalid'],
    ['alg none', () => `Bearer ${base64({ alg: 'none' })}.${base64(claims)}.`, 'token-invalid'],
    ['roles as an object', async () => `Bearer ${await sign({ ...claims, roles: { director: true } })}`, 'token-invalid'],
    ['roles as a text', async () => `Bearer ${await sign({ ...claims, roles: 'director' })}`, 'token-invalid'],
    ['no roles', async () => `Bearer ${await sign({ ...claims, roles: undefined })}`, 'token-invalid'],
    ['a member that is a list', async () => `Bearer ${await sign({ ...claims, member: ['m-1', 'm-2'] })}`, 'token-invalid'],
    ['a token of more than 8 kB', async () => `Bearer ${await sign({ ...claims, padding: 'x'.repeat(9_000) })}`, 'token-invalid'],
    ['almost the service credential', () => `Bearer ${SERVICE_TOKEN}0`, 'token-invalid'],
    [
      'HS256 signed with the public key',
      async () => {
        const head = `${base64({ alg: 'HS256', kid: 'two' })}.${base64(claims)}`;
        return `Bearer ${head}.${createHmac('sha256', await exportSPKI(rsa.publicKey)).update(head).digest('base64url')}`;
      },
      'token-invalid',
    ],
    [
      'a payload changed after signing',
      async () => {
        const [head, , signature] = (await sign(claims)).split('.');
        return `Bearer ${head}.${base64({ ...claims, roles: ['director'] })}.${signature}`;
      },
      'token-invalid',
    ],
  ];

  it.each(table)('is nobody: %s', async (_name, authorization, code) => {
    const error = await refusal(await authorization());
    expect(error).toBeInstanceOf(Unauthenticated);
    expect(error).toMatchObject({ code });
  });

  it('cannot be told while the keys cannot be fetched, which is no fault of the token', async () => {
    const keys = createRemoteJWKSet(new URL('http://127.0.0.1:1/keys'));
    const offline = new Authenticator({ issuer: 'issuer', audience: 'keyfold', keys, serviceToken: SERVICE_TOKEN, clock });
    await expect(offline.principalOf(`Bearer ${await sign(claims)}`)).rejects.toBeInstanceOf(Unavailable);
  });
});
