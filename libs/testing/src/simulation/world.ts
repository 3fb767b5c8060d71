import { setImmediate } from 'node:timers';
import type { Faults } from './faults.js';
import type { Random } from './random.js';

/** Something due at a time. Of two at the same time the one that was planned first comes first. */
interface Due {
  readonly at: number;
  readonly order: number;
  readonly what: string;
  readonly run: () => void;
  cancelled: boolean;
}

/** Where time begins. */
const EPOCH = Date.parse('2026-01-05T08:00:00.000Z');
/** Steps that may share one turn of the real event loop; between any two of them all promises that can go on do so. */
const STEPS_AT_ONCE = 64;

/**
 * Time, chance and everything that is due. Nothing else moves a simulation: one thing happens, all code that it wakes runs up to its next await,
 * then time jumps to the next thing. So a run follows from its seed, and two runs of a seed have the same history.
 */
export class World {
  /** Milliseconds since the beginning. */
  now = 0;
  /** What happened, a line each. */
  readonly history: string[] = [];
  /** What must not be and was seen while it happened; the invariants at the end find the rest. */
  readonly violations: string[] = [];
  private readonly queue: Due[] = [];
  private order = 0;
  private digest = 0x811c9dc5;

  constructor(
    readonly random: Random,
    readonly faults: Faults,
  ) {}

  get instant(): number {
    return EPOCH + this.now;
  }

  /** Identifies the history. */
  get hash(): string {
    return (this.digest >>> 0).toString(16).padStart(8, '0');
  }

  note(line: string): void {
    this.history.push(`${this.now.toFixed(1).padStart(9)} ${line}`);
    for (let i = 0; i < line.length; i++) this.digest = Math.imul(this.digest ^ line.charCodeAt(i), 0x01000193);
    this.digest = Math.imul(this.digest ^ Math.floor(this.now * 1000), 0x01000193);
  }

  violated(what: string): void {
    this.note(`VIOLATED ${what}`);
    this.violations.push(what);
  }

  /** Plans something; the result takes it back. */
  after(ms: number, what: string, run: () => void): () => void {
    const due: Due = { at: this.now + Math.max(0, ms), order: this.order++, what, run, cancelled: false };
    this.push(due);
    return () => (due.cancelled = true);
  }

  /** Runs until `done`, but no longer than up to `until`. True when it was done. */
  run(done: () => boolean, until: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      let over = false;
      let open = 0;
      const step = (): void => {
        open -= 1;
        if (over) return;
        try {
          if (done()) finish(true);
          else if (!this.next(until)) finish(false);
        } catch (error) {
          over = true;
          reject(error);
        }
        if (!over && open === 0) more();
      };
      const finish = (result: boolean): void => {
        over = true;
        resolve(result);
      };
      const more = (): void => {
        open = STEPS_AT_ONCE;
        // Between two immediates Node runs all promises that can go on, to the last.
        for (let i = 0; i < STEPS_AT_ONCE; i++) setImmediate(step);
      };
      more();
    });
  }

  /** False when nothing is due up to `until`. */
  private next(until: number): boolean {
    for (;;) {
      const due = this.queue[0];
      if (!due || due.at > until) {
        this.now = until;
        return false;
      }
      this.pop();
      if (due.cancelled) continue;
      this.now = due.at;
      if (due.what) this.note(due.what);
      due.run();
      return true;
    }
  }

  private push(due: Due): void {
    const { queue } = this;
    let i = queue.push(due) - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (isBefore(queue[parent]!, due)) break;
      queue[i] = queue[parent]!;
      i = parent;
    }
    queue[i] = due;
  }

  private pop(): void {
    const { queue } = this;
    const last = queue.pop()!;
    if (queue.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= queue.length) break;
      if (child + 1 < queue.length && isBefore(queue[child + 1]!, queue[child]!)) child += 1;
      if (isBefore(last, queue[child]!)) break;
      queue[i] = queue[child]!;
      i = child;
    }
    queue[i] = last;
  }
}

const isBefore = (a: Due, b: Due): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
