import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fastify, type FastifyInstance } from 'fastify';
import { Departure } from './departure.js';

describe('a server that leaves', () => {
  let server: FastifyInstance;
  let departure: Departure;
  let mayClose: () => void;
  beforeEach(async () => {
    server = fastify();
    departure = new Departure(server, { now: () => new Date(0), wait: () => new Promise((resolve) => (mayClose = resolve)) });
    server.get('/health/ready', () => ({ status: 'ok' }));
    server.get('/things', () => ({ items: [] }));
    await server.listen({ host: '127.0.0.1', port: 0 });
  });
  afterEach(() => server.close());

  const get = (url: string) => server.inject({ method: 'GET', url });

  it('says that it is not ready, serves the others, and keeps no connection', async () => {
    expect((await get('/health/ready')).statusCode).toBe(200);
    expect((await get('/things')).headers['connection']).not.toBe('close');
    void departure.takeLeave();
    expect((await get('/health/ready')).statusCode).toBe(503);
    const answer = await get('/things');
    expect([answer.statusCode, answer.headers['connection']]).toEqual([200, 'close']);
  });

  it('answers on a connection that was opened before and asks after', async () => {
    const { port } = server.server.address() as { port: number };
    const socket = connect(port, '127.0.0.1');
    await new Promise((resolve) => server.server.once('connection', resolve));
    const closed = departure.takeLeave().then(() => server.close());
    socket.write('GET /things HTTP/1.1\r\nhost: x\r\n\r\n');
    let answer = '';
    for await (const piece of socket.setEncoding('utf8')) answer += piece;
    mayClose();
    await closed;
    expect(answer).toMatch(/^HTTP\/1.1 200 [^]*\r\nconnection: close\r\n/i);
  });
});
