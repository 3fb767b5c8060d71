import { type Clock, type Logger, Unavailable } from '@keyfold/event-sourcing';
import type { World } from './world.js';

/** Answers a request at its far end, once: with a value, or with an error. */
export interface Reply<T> {
  answer(value: T): void;
  fail(error: unknown): void;
}

const LATENCY_MS = [0.2, 3] as const;
const SLOW_MS = [5, 400] as const;

/**
 * One run of one process. It goes on only when something is delivered to it: an answer, the end of a wait. So it can be stopped at any await:
 * a crashed process is delivered nothing more, and nothing that it was about to do is done, but what it had put on the wire before still arrives.
 */
export class SimulatedProcess {
  alive = true;
  private standsStillUntil = 0;
  private skewMs = 0;
  private readonly crashed: (() => void)[] = [];

  constructor(
    readonly world: World,
    readonly name: string,
    /** False for a client of the tests: it neither crashes nor stands still. */
    private readonly mortal = true,
  ) {}

  readonly clock: Clock = {
    now: () => new Date(this.world.instant + this.skewMs),
    wait: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const over = (): void => {
          signal?.removeEventListener('abort', abort);
          resolve();
        };
        const cancel = this.deliver(ms, '', over);
        const abort = (): void => {
          cancel();
          over();
        };
        signal?.addEventListener('abort', abort, { once: true });
      }),
  };

  readonly log: Logger = {
    info: (message, fields) => this.world.note(`${this.name}: ${message} ${JSON.stringify(fields ?? {})}`),
    warn: (message, fields) => this.world.note(`${this.name}: ${message} ${JSON.stringify(fields ?? {})}`),
    error: (message, fields) => this.world.note(`${this.name}: ${message} ${JSON.stringify(fields ?? {})}`),
  };

  get standsStill(): boolean {
    return this.world.now < this.standsStillUntil;
  }

  standStill(ms: number): void {
    this.world.note(`${this.name} stands still for ${Math.round(ms)} ms`);
    this.standsStillUntil = Math.max(this.standsStillUntil, this.world.now + ms);
  }

  setClock(skewMs: number): void {
    this.world.note(`${this.name}: its clock is ${Math.round(skewMs)} ms off`);
    this.skewMs = skewMs;
  }

  onCrash(then: () => void): void {
    this.crashed.push(then);
  }

  crash(): void {
    if (!this.alive) return;
    this.world.note(`${this.name} crashes`);
    this.alive = false;
    for (const then of this.crashed) then();
  }

  /** Lets the process go on after `ms`, if it lives then. */
  deliver(ms: number, what: string, run: () => void): () => void {
    let cancel = (): unknown => undefined;
    const arrive = (): void => {
      if (!this.alive) return;
      if (this.standsStill) cancel = this.world.after(this.standsStillUntil - this.world.now, '', arrive);
      else if (this.mortal && this.world.random.chance(this.world.faults.crash)) this.crash();
      else {
        if (what) this.world.note(`${this.name} ${what}`);
        run();
      }
    };
    cancel = this.world.after(ms, '', arrive);
    return () => void cancel();
  }

  /**
   * Asks something over the wire; `serve` runs at the far end. The request may get lost, come late or take effect without an answer: then it rejects
   * with Unavailable, at once (a connection that broke) or after `deadlineMs`.
   */
  request<T>(what: string, deadlineMs: number, serve: (reply: Reply<T>) => void): Promise<T> {
    const { random, faults } = this.world;
    return new Promise<T>((resolve, reject) => {
      let settled = false;
      const settle = (how: () => void): void => {
        if (settled) return;
        settled = true;
        giveUp();
        how();
      };
      const giveUp = this.deliver(deadlineMs, `waited in vain: ${what}`, () => settle(() => reject(new Unavailable(what))));
      const breakOff = (): void => {
        if (random.chance(0.6)) this.deliver(this.latency(), `connection lost: ${what}`, () => settle(() => reject(new Unavailable(what))));
      };
      const reply = (how: () => void, outcome: string): void => {
        if (random.chance(faults.lostAnswer)) breakOff();
        else this.deliver(this.latency(), `${outcome}: ${what}`, () => settle(how));
      };
      if (random.chance(faults.lostRequest)) return breakOff();
      const isLate = random.chance(faults.late);
      if (isLate) breakOff();
      this.world.after(isLate ? deadlineMs * random.between(0.2, 1.5) : this.latency(), `${this.name} -> ${what}`, () =>
        serve({ answer: (value) => reply(() => resolve(value), 'done'), fail: (error) => reply(() => reject(error as Error), 'failed') }),
      );
    });
  }

  private latency(): number {
    const { random } = this.world;
    return random.chance(0.05) ? random.between(...SLOW_MS) : random.between(...LATENCY_MS);
  }
}
