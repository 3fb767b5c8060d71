import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { systemClock } from '@keyfold/event-sourcing-nest';
import { DEMO_ISSUER } from '../config.js';
import { Authenticator } from './authenticator.js';
import { DemoIdentity, registerDemoRoutes } from './demo-identity.js';
import { DEMO_PEOPLE, DEMO_TEAM } from './demo-people.js';

const authenticator = (identity: DemoIdentity): Authenticator =>
  new Authenticator({ issuer: DEMO_ISSUER, audience: 'keyfold', keys: identity.keys, serviceToken: 'x'.repeat(32), clock: systemClock });

describe('the demo identity provider', () => {
  it('gives tokens that the authenticator takes, for each demo person', async () => {
    const identity = await DemoIdentity.open(null, 'keyfold', systemClock);
    for (const { user, role, memberId } of DEMO_PEOPLE) {
      const principal = await authenticator(identity).principalOf(`Bearer ${await identity.token(user)}`);
      expect(principal).toEqual({ subject: `demo:${user}`, memberId, roles: [role] });
    }
    expect(await identity.token('root')).toBeNull();
    expect(DEMO_TEAM).toHaveLength(7);
  });

  it('keeps its key in the data folder, for its owner alone, so that tokens survive a restart', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyfold-'));
    try {
      const token = await (await DemoIdentity.open(folder, 'keyfold', systemClock)).token('kam');
      const again = await DemoIdentity.open(folder, 'keyfold', systemClock);
      await expect(authenticator(again).principalOf(`Bearer ${token}`)).resolves.toMatchObject({ roles: ['kam'] });
      expect((await stat(join(folder, 'demo-identity.json'))).mode & 0o777).toBe(0o600);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('answers over HTTP and never gives its private key away', async () => {
    const server = fastify();
    registerDemoRoutes(server, await DemoIdentity.open(null, 'keyfold', systemClock));
    const post = (payload: object) => server.inject({ method: 'POST', url: '/auth/demo-token', payload });
    expect((await post({ user: 'director' })).json()).toEqual({ token: expect.any(String) });
    for (const wrong of [{}, { user: 'root' }, { user: ['director'] }]) expect((await post(wrong)).statusCode).toBe(400);
    const { keys } = (await server.inject('/auth/jwks.json')).json<{ keys: object[] }>();
    expect(keys).toHaveLength(1);
    expect(keys[0]).not.toHaveProperty('d');
    expect((await server.inject('/auth/demo-people')).json()).toEqual(DEMO_PEOPLE);
  });
});
