import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK, type JWTVerifyGetKey, SignJWT } from 'jose';
import type { Clock } from '@keyfold/event-sourcing';
import { DEMO_ISSUER } from '../config.js';
import { DEMO_PEOPLE, demoPerson } from './demo-people.js';

const KEY_ID = 'keyfold-demo';
const LIFETIME_S = 12 * 3_600;

/**
 * The identity provider of the demo: gives anybody who asks a token of a demo person, without a password.
 * Runs only with KEYFOLD_DEMO=true, where Keyfold listens on loopback.
 */
export class DemoIdentity {
  private constructor(
    private readonly privateKey: Awaited<ReturnType<typeof importJWK>>,
    readonly jwks: JSONWebKeySet,
    private readonly audience: string,
    private readonly clock: Clock,
  ) {}

  /** With a folder the key survives a restart, and so do the tokens in the browser; with null it lives as long as the process. */
  static async open(folder: string | null, audience: string, clock: Clock): Promise<DemoIdentity> {
    const jwk = folder === null ? await newKey() : await keptKey(folder);
    const { d: _secret, ...publicKey } = jwk;
    return new DemoIdentity(await importJWK(jwk, 'ES256'), { keys: [publicKey] }, audience, clock);
  }

  get keys(): JWTVerifyGetKey {
    return createLocalJWKSet(this.jwks);
  }

  /** A token of a demo person, good for 12 hours; null when there is no such person. */
  async token(user: string): Promise<string | null> {
    const person = demoPerson(user);
    if (!person) return null;
    const now = Math.floor(this.clock.now().getTime() / 1000);
    return new SignJWT({ roles: [person.role], name: person.name, ...(person.memberId !== null && { member: person.memberId }) })
      .setProtectedHeader({ alg: 'ES256', kid: KEY_ID, typ: 'JWT' })
      .setSubject(`demo:${person.user}`)
      .setIssuer(DEMO_ISSUER)
      .setAudience(this.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + LIFETIME_S)
      .sign(this.privateKey);
  }
}

/** `/auth/...` on any Fastify server. */
export function registerDemoRoutes(fastify: FastifyInstance, identity: DemoIdentity): void {
  fastify.get('/auth/jwks.json', () => identity.jwks);
  fastify.get('/auth/demo-people', () => DEMO_PEOPLE);
  fastify.post('/auth/demo-token', async (request, reply) => {
    const user = (request.body as { user?: unknown } | undefined)?.user;
    const token = typeof user === 'string' ? await identity.token(user) : null;
    void reply.header('cache-control', 'no-store');
    if (token !== null) return { token };
    void reply.status(400).header('content-type', 'application/problem+json; charset=utf-8');
    const users = DEMO_PEOPLE.map((person) => person.user).join(', ');
    return JSON.stringify({ type: 'urn:keyfold:problem:invalid', title: `"user" must be one of ${users}.`, status: 400, code: 'invalid', params: {} });
  });
}

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: KEY_ID, alg: 'ES256', use: 'sig' };
}

async function keptKey(folder: string): Promise<JWK> {
  const file = join(folder, 'demo-identity.json');
  if (existsSync(file)) return JSON.parse(await readFile(file, 'utf8')) as JWK;
  const key = await newKey();
  await mkdir(folder, { recursive: true });
  await writeFile(`${file}.new`, JSON.stringify(key), { mode: 0o600 });
  await rename(`${file}.new`, file); // whole or not at all
  return key;
}
