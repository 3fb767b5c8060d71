import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Unavailable } from '@keyfold/event-sourcing';
import { HttpErasureNotes, HttpFeeds, HttpKeyStore, type Peers } from './http-peers.js';

let server: Server;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let asked: string[];
let peers: Peers;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    asked.push(`${request.headers.authorization} ${request.url}`);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  peers = { urls: { accounts: url, satisfaction: url }, serviceToken: 'credential' };
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('feeds over HTTP', () => {
  it('asks the owner with the service credential and reads a commit per line', async () => {
    answer = (_request, response) => response.end('{"position":8}\n{"position":9}\n');
    const feeds = new HttpFeeds(peers);
    await expect(feeds.after('accounts', 7, 500)).resolves.toEqual([{ position: 8 }, { position: 9 }]);
    await expect(feeds.stream('accounts', 'account-1', 3)).resolves.toHaveLength(2);
    answer = (_request, response) => response.end('{"position":9}');
    await expect(feeds.lastPosition('accounts')).resolves.toBe(9);
    expect(asked).toEqual([
      'Bearer credential /ops/accounts/feed?after=7&limit=500',
      'Bearer credential /ops/accounts/feed?stream=account-1&afterVersion=3',
      'Bearer credential /ops/accounts/position',
    ]);
  });

  it('an empty log is no commit', async () => {
    answer = (_request, response) => response.end('');
    await expect(new HttpFeeds(peers).after('accounts', 0, 1)).resolves.toEqual([]);
  });

  it.each<[string, typeof answer]>([
    ['an error', (_request, response) => response.writeHead(500).end('{"code":"internal"}')],
    ['a refusal', (_request, response) => response.writeHead(401).end()],
    ['a redirect', (_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['half an answer', (_request, response) => void response.writeHead(200, { 'content-length': '1000' }).write('{"position":8}\n{"posi', () => response.destroy())],
    ['a broken connection', (_request, response) => response.destroy()],
  ])('%s is an outage, never an empty log', async (_name, how) => {
    answer = how;
    await expect(new HttpFeeds(peers).after('accounts', 0, 1)).rejects.toBeInstanceOf(Unavailable);
  });
});

describe('keys of other services', () => {
  it('come from the first owner that knows the person', async () => {
    const key = Buffer.alloc(32, 7);
    answer = (request, response) => response.end(JSON.stringify({ key: request.url!.includes('satisfaction') ? key.toString('base64') : null }));
    expect(await new HttpKeyStore(peers, ['accounts', 'satisfaction']).keyFor('p-1', false)).toEqual(key);
    expect(asked).toEqual(['Bearer credential /ops/accounts/person-keys/p-1', 'Bearer credential /ops/satisfaction/person-keys/p-1']);
  });

  it('are none where nobody knows the person, and an outage where somebody cannot be asked', async () => {
    answer = (_request, response) => response.end('{"key":null}');
    const store = new HttpKeyStore(peers, ['accounts', 'satisfaction']);
    expect(await store.keyFor('p-1', false)).toBeNull();
    answer = (_request, response) => response.end('{"key":null,"destroyed":true}');
    expect(await store.keyFor('p-1', false)).toBe('destroyed');
    await expect(store.keyFor('p-1', true)).rejects.toThrow(/owns the person/);
    answer = (_request, response) => response.destroy();
    await expect(store.keyFor('p-1', false)).rejects.toBeInstanceOf(Unavailable);
  });

  it.each([401, 403, 404, 500])('are an outage, never no key, where the owner answers %i', async (status) => {
    answer = (_request, response) => response.writeHead(status).end('{"key":null,"destroyed":true}');
    await expect(new HttpKeyStore(peers, ['accounts']).keyFor('p-1', false)).rejects.toBeInstanceOf(Unavailable);
  });

  it('are quoted in no error', async () => {
    answer = (_request, response) => response.end('{"key":"c2VjcmV0"');
    const error = (await new HttpKeyStore(peers, ['accounts']).keyFor('p-1', false).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(Unavailable);
    expect(`${error.stack} ${String(error.cause)}`).not.toContain('c2Vj');
  });
});

describe('notes of an erasure', () => {
  it('are what a service says, and unknown where it cannot be asked', async () => {
    const notes = new HttpErasureNotes(peers);
    answer = (_request, response) => response.end('{"noted":true}');
    expect(await notes.noted('accounts', 'memberperson-1', 2)).toBe(true);
    expect(asked).toEqual(['Bearer credential /ops/accounts/erasures/memberperson-1?version=2']);
    answer = (_request, response) => response.writeHead(503).end();
    expect(await notes.noted('accounts', 'memberperson-1', 2)).toBeNull();
  });
});
