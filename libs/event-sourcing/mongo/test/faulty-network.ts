import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of a request on its way: `pass`, `lose answer` (it takes effect, the connection breaks), `lose request` (it never arrives), `hang` (nothing comes back, for ever), `hold` (it waits for `release`). */
export type Fate = 'pass' | 'lose answer' | 'lose request' | 'hang' | 'hold';

/** A way to the server on which the requests that a test chooses go wrong. */
export class FaultyNetwork {
  private readonly sockets = new Set<Socket>();
  fate: (request: Buffer) => Fate = () => 'pass';
  private readonly held: (() => void)[] = [];

  private constructor(private readonly server: Server) {}

  /** `url` of the same server through this network. One address, so that the driver takes no other way. */
  static async to(target: string): Promise<FaultyNetwork & { url: string }> {
    const { hostname, port } = new URL(target);
    const server = createServer({ noDelay: true });
    const network = new FaultyNetwork(server);
    server.on('connection', (client) => network.relay(client, connect({ host: hostname, port: Number(port), noDelay: true })));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `mongodb://127.0.0.1:${(server.address() as AddressInfo).port}/?directConnection=true`;
    return Object.assign(network, { url });
  }

  get holds(): boolean {
    return this.held.length > 0;
  }

  /** Sends on what was held. */
  release(): void {
    for (const send of this.held.splice(0)) send();
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private relay(client: Socket, upstream: Socket): void {
    let fate: Fate = 'pass';
    for (const [socket, other] of [[client, upstream], [upstream, client]] as const) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (request) => {
      if (fate === 'pass') fate = this.fate(request);
      if (fate === 'lose request') client.destroy();
      else if (fate === 'hold') {
        fate = 'pass';
        this.held.push(() => upstream.write(request));
      }
      else if (fate !== 'hang') upstream.write(request);
    });
    upstream.on('data', (answer) => {
      if (fate === 'pass') client.write(answer);
      else if (fate === 'lose answer') client.destroy();
    });
  }
}

/** Fates for the requests that name this command, one after the other; all others pass. */
export function fates(command: string, ...list: Fate[]): ((request: Buffer) => Fate) & { left(): number } {
  const choose = (request: Buffer): Fate => (request.includes(`\x02${command}\0`) || request.includes(`\x10${command}\0`) ? (list.shift() ?? 'pass') : 'pass');
  return Object.assign(choose, { left: () => list.length });
}
