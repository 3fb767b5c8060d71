import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/event-sourcing/testing';
import { TcpProxy } from './tcp-proxy.js';

/** A client that remembers what it got and how its connection ended. */
class Client {
  received = '';
  ended: string | null = null;

  constructor(readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (this.received += text));
    socket.on('error', (error: NodeJS.ErrnoException) => (this.ended = error.code ?? 'error'));
    socket.on('close', () => (this.ended ??= 'closed'));
  }

  send = (text: string): boolean => this.socket.write(text);
}

const expectReceived = (client: Client, text: string): Promise<void> => eventually(() => expect(client.received).toBe(text));
const expectEnded = (client: Client, how: string): Promise<void> => eventually(() => expect(client.ended).toBe(how));

describe('TcpProxy', () => {
  let server: Server;
  let seen: string;
  let lastWords: string;
  let proxy: TcpProxy;
  const clients: Client[] = [];

  beforeEach(async () => {
    seen = '';
    lastWords = '';
    server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('end', () => socket.end(lastWords));
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        seen += bytes.toString();
        socket.write(bytes.toString().toUpperCase());
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await TcpProxy.to({ port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    clients.splice(0).forEach((client) => client.socket.destroy());
    await proxy.close();
    server.close();
  });

  function join(): Client {
    const client = new Client(connect(proxy.port, '127.0.0.1'));
    clients.push(client);
    return client;
  }

  async function talking(): Promise<Client> {
    const client = join();
    client.send('a');
    await expectReceived(client, 'A');
    return client;
  }

  it('passes bytes both ways, also many, and ends with the client', async () => {
    const client = await talking();
    const much = 'x'.repeat(10_000_000);
    client.send(much);
    await eventually(() => expect(client.received.length).toBe(much.length + 1));
    client.socket.end();
    await expectEnded(client, 'closed');
    await eventually(() => expect(proxy.connections).toBe(0));
  });

  it('delays in order', async () => {
    const client = await talking();
    proxy.delay(60);
    const start = performance.now();
    for (const letter of 'bcd') client.send(letter);
    await expectReceived(client, 'ABCD');
    expect(performance.now() - start).toBeGreaterThan(115);
  });

  it('swallows in a blackhole, in one direction or both, and keeps the connection', async () => {
    const client = await talking();
    proxy.blackhole('response');
    client.send('b');
    await eventually(() => expect([seen, proxy.lostBytes]).toEqual(['ab', 1]));
    proxy.blackhole();
    client.send('c');
    await eventually(() => expect(proxy.lostBytes).toBe(2));
    proxy.heal();
    client.send('d');
    await expectReceived(client, 'AD');
    expect([seen, client.ended]).toEqual(['abd', null]);
  });

  it('holds bytes back while paused', async () => {
    const client = await talking();
    proxy.pause();
    client.send('b');
    const other = join();
    other.send('c');
    await eventually(() => expect(proxy.connections).toBe(2));
    expect(seen).toBe('a');
    proxy.resume();
    await Promise.all([expectReceived(client, 'AB'), expectReceived(other, 'C')]);
  });

  it('resets what is open and takes new connections', async () => {
    const client = await talking();
    proxy.reset();
    await expectEnded(client, 'ECONNRESET');
    await talking();
  });

  it('refuses new connections and leaves open ones', async () => {
    const client = await talking();
    proxy.refuse();
    await expectEnded(join(), 'ECONNRESET');
    client.send('b');
    await expectReceived(client, 'AB');
    proxy.heal();
    await talking();
  });

  it('cuts after so many bytes, in the middle of a message', async () => {
    const client = await talking();
    proxy.cutAfter('request', 3);
    client.send('bcdef');
    await expectEnded(client, 'ECONNRESET');
    expect(seen).toBe('abcd');
  });

  it('closes one direction and leaves the other', async () => {
    const client = await talking();
    lastWords = 'FAREWELL';
    proxy.halfClose('request');
    await expectReceived(client, 'AFAREWELL');
    await expectEnded(client, 'closed');
  });

  it('forwards a request and loses its response, once, on the connection that matches', async () => {
    const [client, other] = [await talking(), await talking()];
    const lost = proxy.loseResponse((request) => request.includes('order'));
    other.send('hello');
    await expectReceived(other, 'AHELLO');
    client.send('order');
    await lost;
    await expectEnded(client, 'ECONNRESET');
    expect([seen, client.received, other.ended]).toEqual(['aahelloorder', 'A', null]);
    other.send('order');
    await expectReceived(other, 'AHELLOORDER');
  });

  it('resets a client whose server is not there', async () => {
    server.close();
    await once(server, 'close');
    await expectEnded(join(), 'ECONNRESET');
  });
});
