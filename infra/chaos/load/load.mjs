// The load of a run: many clients that send commands, repeat what they are not sure of under the same id, and write all of it into the journal.
import { setTimeout as delay } from 'node:timers/promises';
import { instant } from '../journal.mjs';
import { Client } from './client.mjs';
import { drawn, LARGEST_BATCH, MIX, SHARES } from './commands.mjs';

const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 1_000;
/** How long a client goes on asking after the load was stopped. What it does not know by then stays unknown. */
const PATIENCE_MS = 120_000;

export const newCounts = () => ({ sent: 0, acknowledged: 0, refused: 0, unknown: 0 });

export class Load {
  #stopping = false;
  #giveUpAt = Infinity;
  #workers = [];
  #listeners = new Set();
  #next = 0;

  /** `prefix` begins the ids of this load's commands and streams: two loads of one run never meet. `workers` closed loops send `batch` commands a request. */
  constructor({
    urls,
    token,
    journal,
    random,
    prefix,
    workers = 8,
    batch = 20,
    ratePerSecond = null,
    hangUps = 0,
    keepAlive = true,
    shares = SHARES,
    limit = Infinity,
  }) {
    Object.assign(this, { journal, random, prefix, workers, batch, ratePerSecond, hangUps, shares, limit });
    this.client = new Client({ urls, token, keepAlive });
    this.counts = newCounts();
  }

  start() {
    this.startedAt = performance.now();
    for (let i = 0; i < this.workers; i++) this.#workers.push(this.#work(this.random.fork()));
    return this;
  }

  /** Takes no new commands; resolves when every command is settled or given up. */
  async stop() {
    this.#stopping = true;
    this.#giveUpAt = Math.min(this.#giveUpAt, performance.now() + PATIENCE_MS);
    await Promise.all(this.#workers);
    this.stoppedAt ??= performance.now();
    this.client.close();
  }

  /** Resolves when the limit is reached and all of it is settled. */
  async finished() {
    await Promise.all(this.#workers);
  }

  /** The instant of the next acknowledgement of a service, from now on. */
  nextOk(service, withinMs = 120_000) {
    return this.#nextWhere((name, { kind }) => name === service && kind === 'ok', `no command of ${service} was acknowledged`, withinMs);
  }

  /** The instant of the next command that was not served (503) or not answered. */
  nextTrouble(service, withinMs = 120_000) {
    return this.#nextWhere((name, { kind }) => name === service && kind === 'info', `no command of ${service} failed`, withinMs);
  }

  #nextWhere(matches, what, withinMs) {
    return new Promise((resolve, reject) => {
      const listener = (service, result) => {
        if (!matches(service, result)) return;
        done();
        resolve(performance.now());
      };
      const late = setTimeout(() => {
        done();
        reject(new Error(`${what} within ${withinMs / 1000} s`));
      }, withinMs);
      const done = () => {
        clearTimeout(late);
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
    });
  }

  async #work(random) {
    const lives = new Map();
    while (!this.#stopping && this.counts.sent < this.limit) {
      await this.#pace();
      const service = drawn(random, this.shares);
      const size = random.next() < 0.15 ? 1 : Math.min(this.batch, LARGEST_BATCH[service]);
      const commands = this.#batchOf(lives, service, size, random);
      this.counts.sent += size;
      await this.journal.write(
        commands.map(({ commandId, stream }) => ({ kind: 'invoke', at: instant(), command: commandId, service, stream })),
      );
      const unsettled = await this.#settle(commands, random);
      // A stream whose last command is unknown is left alone: what its next version would be is unknown too.
      for (const { stream } of unsettled) lives.delete(stream);
    }
  }

  /** The next commands of as many lives of a service: of those at hand first, each at most once, then of new ones. */
  #batchOf(lives, service, size, random) {
    const commands = [];
    for (const [stream, life] of lives) {
      if (commands.length === size) break;
      if (life.service !== service || random.next() < 0.2) continue;
      const { value, done } = life.commands.next();
      if (done) lives.delete(stream);
      else commands.push(this.#identified(value));
    }
    while (commands.length < size) {
      const life = drawn(random, MIX[service])(`${this.prefix}-${this.#next++}`, random.fork());
      const { value } = life.next();
      lives.set(value.stream, { service, commands: life });
      commands.push(this.#identified(value));
    }
    return commands;
  }

  #identified(command) {
    return { ...command, commandId: `${this.prefix}-c${this.#next++}` };
  }

  /** Sends until each command is acknowledged or refused. Answers those that are still unknown when the patience ends. */
  async #settle(commands, random) {
    let open = commands;
    for (let attempt = 0; open.length > 0; attempt++) {
      if (attempt > 0) await delay(Math.min(FIRST_BACK_OFF_MS * 2 ** attempt, LONGEST_BACK_OFF_MS) * random.between(0.5, 1));
      if (performance.now() > this.#giveUpAt) break;
      const hangUpAfterMs = random.next() < this.hangUps ? random.below(30) : undefined;
      open = await this.#attempt(open, hangUpAfterMs);
    }
    this.counts.unknown += open.length;
    return open;
  }

  async #attempt(commands, hangUpAfterMs) {
    const { service } = commands[0];
    const { results, answer } = await this.client.send(commands, { hangUpAfterMs });
    const at = instant();
    const request = {
      kind: 'request',
      at,
      ms: Math.round(answer.ms),
      service,
      status: answer.status ?? null,
      error: answer.error ?? null,
      connected: answer.connected,
    };
    await this.journal.write([...results.map(({ kind, ...rest }, i) => ({ kind, at, command: commands[i].commandId, ...rest })), request]);
    this.counts.acknowledged += results.filter(({ kind }) => kind === 'ok').length;
    this.counts.refused += results.filter(({ kind }) => kind === 'fail').length;
    for (const listener of [...this.#listeners]) for (const result of results) listener(service, result);
    return commands.filter((_, i) => results[i].kind === 'info');
  }

  async #pace() {
    if (this.ratePerSecond === null) return;
    for (;;) {
      const early = (this.counts.sent / this.ratePerSecond) * 1000 - (performance.now() - this.startedAt);
      if (early <= 0 || this.#stopping) return;
      await delay(Math.min(early, 100));
    }
  }
}
