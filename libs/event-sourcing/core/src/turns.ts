import { Unavailable } from './errors.js';
import type { Clock } from './ports.js';

/** How long a command waits for those before it on its stream. */
const TURN_MS = 5_000;
const BEGUN = Symbol('begun');

/**
 * Commands of one process on one stream run one after the other: a conflict can then only come from another process.
 * One whose turn does not come in time is given up before it begins: nothing comes of it, and its caller does not hang behind a slow store.
 */
export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(private readonly clock: Clock) {}

  /** Runs `work` when all that was taken before on this stream is through. Throws Unavailable when that does not come in time; `work` is not run then. */
  async take<T>(streamId: string, work: () => Promise<T>): Promise<T> {
    const before = this.last.get(streamId);
    const begun = new AbortController();
    let late = false;
    const begin = (): Promise<T> => {
      begun.abort(BEGUN); // a reason of one's own: the default one is an error with its stack
      return late ? Promise.reject(new Unavailable(`a turn on ${streamId}`)) : work();
    };
    const turn = (before ?? Promise.resolve()).then(begin, begin); // not at once: before it begins, it is known to be taken
    this.last.set(streamId, turn);
    const end = turn.finally(() => {
      if (this.last.get(streamId) === turn) this.last.delete(streamId);
    });
    if (!before || (await this.beginsInTime(begun.signal))) return end;
    late = true;
    end.catch(() => undefined);
    throw new Unavailable(`a turn on ${streamId}`);
  }

  /** A turn on a stream that nobody has or waits for, until it is given back by what is answered; null on any other: it is not waited for. */
  takeFree(streamId: string): (() => void) | null {
    if (this.last.has(streamId)) return null;
    const { promise, resolve } = Promise.withResolvers<void>();
    void this.take(streamId, () => promise);
    return resolve;
  }

  /** A turn on each of several streams: taken in the order of their names, so that of two that want the same ones neither waits for the other for ever. */
  takeAll<T>(streamIds: readonly string[], work: () => Promise<T>): Promise<T> {
    const inOrder = [...new Set(streamIds)].sort();
    return inOrder.reduceRight((rest, streamId) => () => this.take(streamId, rest), work)();
  }

  private async beginsInTime(begun: AbortSignal): Promise<boolean> {
    const until = this.clock.now().getTime() + TURN_MS;
    for (let left = TURN_MS; left > 0 && !begun.aborted; left = until - this.clock.now().getTime()) await this.clock.wait(left, begun);
    return begun.aborted;
  }
}
