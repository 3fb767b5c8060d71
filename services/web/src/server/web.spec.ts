import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Running } from '@keyfold/platform';
import { startWeb } from './web.js';

const NOBODY = 'http://127.0.0.1:9';

describe('the web server', () => {
  let service: Server;
  let folder: string;
  let web: Running;
  const fetchFrom = (path: string, init?: RequestInit) => fetch(new URL(path, web.url), init);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'keyfold-web-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Keyfold</title>');
    await writeFile(join(folder, 'assets/app-1a2b.js'), 'export {};');
    service = createServer((request, response) => {
      request.resume();
      response.writeHead(201, { 'content-type': 'application/json', etag: '"1"' });
      response.end(JSON.stringify({ method: request.method, url: request.url, authorization: request.headers.authorization }));
    });
    await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
    const accounts = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const peers = { accounts, opportunities: NOBODY, satisfaction: NOBODY, reporting: NOBODY };
    web = await startWeb({ host: '127.0.0.1', port: 0, peers, demo: true, oidcAudience: 'keyfold' }, { dashboard: folder });
  });
  afterAll(async () => {
    await web?.stop();
    await new Promise((closed) => service.close(closed));
    await rm(folder, { recursive: true, force: true });
  });

  it('passes commands, queries and operations on to the service they name, with the caller’s credential', async () => {
    for (const path of ['/api/accounts/key-accounts?limit=1', '/ops/accounts/projections']) {
      const response = await fetchFrom(path, { method: 'POST', headers: { authorization: 'Bearer x', 'content-type': 'application/json' }, body: '{}' });
      expect([response.status, response.headers.get('etag')]).toEqual([201, '"1"']);
      expect(await response.json()).toEqual({ method: 'POST', url: path, authorization: 'Bearer x' });
    }
  });

  it('answers for a service that cannot be reached with a problem that may be tried again', async () => {
    const response = await fetchFrom('/api/reporting/portfolio', { headers: { 'accept-language': 'fr' } });
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 503, code: 'unavailable' });
  });

  it('knows nothing beside the services, the sign-in and the screens', async () => {
    expect((await fetchFrom('/api/unknown/things')).status).toBe(404);
    expect((await fetchFrom('/ops/feed')).status).toBe(404);
  });

  it('serves the dashboard on every address of a screen, and its hashed files for ever', async () => {
    const screen = await fetchFrom('/accounts/a-1?asOf=2017-06-30');
    expect(await screen.text()).toContain('<title>Keyfold</title>');
    expect(screen.headers.get('cache-control')).toBe('no-cache');
    expect((await fetchFrom('/assets/app-1a2b.js')).headers.get('cache-control')).toContain('immutable');
  });

  it('allows no script but its own', async () => {
    const policy = (await fetchFrom('/')).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/script-src[^;]*unsafe/);
    expect(policy).toContain("frame-ancestors 'none'");
  });

  it('is ready, and signs demo people in', async () => {
    expect((await fetchFrom('/health/ready')).status).toBe(200);
    const response = await fetchFrom('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"user":"director"}' });
    expect(await response.json()).toEqual({ token: expect.stringMatching(/^ey/) });
  });
});

it('does not start without a dashboard to serve, and says what is missing', async () => {
  const peers = { accounts: NOBODY, opportunities: NOBODY, satisfaction: NOBODY, reporting: NOBODY };
  await expect(startWeb({ host: '127.0.0.1', port: 0, peers, demo: false, oidcAudience: 'keyfold' }, { dashboard: '/nowhere' })).rejects.toThrow('has not been built');
});
