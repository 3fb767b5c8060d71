import { connect, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** The network between a client and its brokers, with faults: connections can be cut, and refused until it is healed. */
export class FaultyNetwork {
  cuts = 0;
  private down = false;
  private readonly sockets = new Set<Socket>();

  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port: this.down ? 1 : port, noDelay: true }, onConnect);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    return socket;
  };

  /** Whatever is on its way in either direction is lost; what the broker has taken it has taken. */
  cut(): void {
    this.cuts += this.sockets.size;
    for (const socket of this.sockets) socket.destroy(new Error('cut'));
  }

  fail(): void {
    this.down = true;
    this.cut();
  }

  heal(): void {
    this.down = false;
  }
}
