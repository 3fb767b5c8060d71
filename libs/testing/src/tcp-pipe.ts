import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const HELD_AT_MOST = 4 * 1024 * 1024;

export interface Passage {
  latencyMs(): number;
  /** Undefined where bytes pass, else the promise of it. */
  open(): Promise<void> | undefined;
  deliver(chunk: Buffer): void;
}

/** One direction of one connection: pieces leave in the order in which they came, each when its time has come and the passage is open. */
export class Pipe {
  private tail = Promise.resolve();
  private held = 0;

  constructor(
    private readonly from: Socket,
    private readonly to: Socket,
    private readonly passage: Passage,
  ) {
    from.on('data', (chunk: Buffer) => this.take(chunk));
    from.on('end', () => this.then(() => void to.end()));
    // A side that vanished without an end takes the other side along, once it has what is on its way.
    from.on('close', () => this.then(() => void (from.readableEnded || to.destroy())));
  }

  private take(chunk: Buffer): void {
    this.held += chunk.length;
    if (this.held > HELD_AT_MOST) this.from.pause();
    const due = performance.now() + this.passage.latencyMs();
    this.then(async () => {
      const early = due - performance.now();
      if (early > 0) await delay(early);
      await this.passage.open();
      if (!this.to.destroyed) this.passage.deliver(chunk);
      this.held -= chunk.length;
      if (this.to.writableNeedDrain && !this.to.destroyed) await drained(this.to);
      if (this.held <= HELD_AT_MOST) this.from.resume();
    });
  }

  private then(step: () => void | Promise<void>): void {
    this.tail = this.tail.then(step);
  }
}

const drained = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done).off('close', done);
      resolve();
    };
    socket.once('drain', done).once('close', done);
  });
