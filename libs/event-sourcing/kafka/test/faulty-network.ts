import { connect, type Socket } from 'node:net';
import type { ISocketFactory } from 'kafkajs';

/** The network between a client and its brokers, with faults: answers get lost with their connection, and connections are refused until it is healed. */
export class FaultyNetwork {
  lost = 0;
  /** Chance that an answer is lost after the broker has done what was asked. */
  lossRate = 0;
  private down = false;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly random: () => number = Math.random) {}

  readonly socketFactory: ISocketFactory = ({ host, port, onConnect }) => {
    const socket = connect({ host, port: this.down ? 1 : port, noDelay: true }, onConnect);
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const emit = socket.emit.bind(socket) as (event: string | symbol, ...args: unknown[]) => boolean;
    socket.emit = (event: string | symbol, ...args: unknown[]): boolean => {
      if (event !== 'data' || this.random() >= this.lossRate) return emit(event, ...args);
      this.lost += 1;
      socket.destroy(new Error('cut'));
      return true;
    };
    return socket;
  };

  fail(): void {
    this.down = true;
    for (const socket of this.sockets) socket.destroy(new Error('cut'));
  }

  heal(): void {
    this.down = false;
  }
}

/** The same faults in every run with the same seed, as far as the broker answers in the same pieces (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
