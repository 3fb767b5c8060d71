import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Pipe } from './tcp-pipe.js';

/** `request`: from the client to the server; `response`: back. */
export type Direction = 'request' | 'response';

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  /** This link's response is to be lost. */
  doomed: boolean;
}

interface Loss {
  readonly matches: (request: Buffer) => boolean;
  readonly happened: () => void;
}

/**
 * Stands between a client and a server and breaks what runs through it, on demand. Faults apply to every connection, also to later ones, until `heal`.
 * A server that names itself to its clients (Kafka's advertised listener, a replica set's hosts) must name this proxy, or they go around it.
 */
export class TcpProxy {
  private readonly links = new Set<Link>();
  private latencyMs = 0;
  private swallowed = new Set<Direction>();
  private budgets = new Map<Direction, number>();
  private losses = new Set<Loss>();
  private refusing = false;
  private lost = 0;
  private gate: { readonly open: Promise<void>; readonly release: () => void } | null = null;

  private constructor(
    private readonly server: Server,
    private readonly target: { readonly host: string; readonly port: number },
  ) {
    server.on('connection', (client) => this.join(client));
  }

  /** Listens on a free port of 127.0.0.1, or on `listenPort`. */
  static async to(target: { host?: string; port: number; listenPort?: number }): Promise<TcpProxy> {
    const server = createServer({ allowHalfOpen: true, noDelay: true });
    const proxy = new TcpProxy(server, { host: target.host ?? '127.0.0.1', port: target.port });
    server.listen(target.listenPort ?? 0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.links.size;
  }

  /** How many bytes vanished in a blackhole. */
  get lostBytes(): number {
    return this.lost;
  }

  /** Every byte arrives this much later, in order. */
  delay(ms: number): void {
    this.latencyMs = ms;
  }

  /** Connections stay open and bytes vanish, as behind a firewall that drops: in both directions unless told. */
  blackhole(...directions: Direction[]): void {
    this.swallowed = new Set(directions.length > 0 ? directions : ['request', 'response']);
  }

  /** Holds every byte back until `resume`, which lets them arrive. */
  pause(): void {
    if (this.gate) return;
    let release = (): void => undefined;
    const open = new Promise<void>((resolve) => (release = resolve));
    this.gate = { open, release };
  }

  resume(): void {
    this.gate?.release();
    this.gate = null;
  }

  /** Ends every open connection by a RST on both sides. */
  reset(): void {
    for (const link of [...this.links]) this.cut(link);
  }

  /** New connections are answered by a RST; open ones go on. */
  refuse(): void {
    this.refusing = true;
  }

  /** Lets so many more bytes through in a direction, counted over all connections, and resets every connection that sends one more. */
  cutAfter(direction: Direction, bytes: number): void {
    this.budgets.set(direction, bytes);
  }

  /** Ends one direction of every open connection, as a peer does that has nothing more to say; the other direction goes on. */
  halfClose(direction: Direction): void {
    for (const { client, server } of this.links) (direction === 'request' ? server : client).end();
  }

  /** Forwards the next piece of a request that matches, then loses what the server answers and resets that connection. Resolves when this has happened. */
  loseResponse(matches: (request: Buffer) => boolean = () => true): Promise<void> {
    return new Promise((happened) => this.losses.add({ matches, happened }));
  }

  /** Takes every fault away. Connections that were cut stay cut. */
  heal(): void {
    this.latencyMs = 0;
    this.swallowed.clear();
    this.budgets.clear();
    this.losses.clear();
    this.refusing = false;
    this.resume();
  }

  async close(): Promise<void> {
    this.heal();
    this.refusing = true;
    const closed = once(this.server, 'close');
    this.server.close();
    this.reset();
    await closed;
  }

  private join(client: Socket): void {
    if (this.refusing) return void client.resetAndDestroy();
    const server = connect({ ...this.target, allowHalfOpen: true, noDelay: true });
    const link: Link = { client, server, doomed: false };
    this.links.add(link);
    this.pipe(link, 'request');
    this.pipe(link, 'response');
    for (const socket of [client, server]) {
      socket.on('error', () => this.cut(link));
      socket.on('close', () => client.destroyed && server.destroyed && this.links.delete(link));
    }
  }

  private pipe(link: Link, direction: Direction): void {
    const [from, to] = direction === 'request' ? [link.client, link.server] : [link.server, link.client];
    new Pipe(from, to, {
      latencyMs: () => this.latencyMs,
      open: () => this.gate?.open,
      deliver: (chunk) => this.deliver(link, direction, chunk, to),
    });
  }

  private deliver(link: Link, direction: Direction, chunk: Buffer, to: Socket): void {
    if (this.swallowed.has(direction)) return void (this.lost += chunk.length);
    if (direction === 'response' && link.doomed) return this.cut(link);
    const allowed = this.budgets.get(direction);
    if (allowed !== undefined) this.budgets.set(direction, Math.max(0, allowed - chunk.length));
    if (allowed !== undefined && chunk.length > allowed) {
      to.write(chunk.subarray(0, allowed), () => this.cut(link));
      return;
    }
    if (direction === 'request') this.doom(link, chunk);
    to.write(chunk);
  }

  private doom(link: Link, request: Buffer): void {
    for (const loss of this.losses)
      if (loss.matches(request)) {
        this.losses.delete(loss);
        link.doomed = true;
        link.server.once('close', loss.happened);
        return;
      }
  }

  private cut(link: Link): void {
    link.client.resetAndDestroy();
    link.server.resetAndDestroy();
    this.links.delete(link);
  }
}
