// What a scenario sees: the laboratory, the load, chance, and a place to write down what it did and how long things took.
import { setTimeout as delay } from 'node:timers/promises';
import { Load, newCounts } from './load/load.mjs';

export class World {
  faults = {};
  recoveries = {};
  facts = {};
  lastFaultAt = 0;
  loads = [];
  /** Counts of what a scenario sent by itself. */
  own = newCounts();

  /** `prefix` begins the ids of everything that the scenario makes. */
  constructor({ lab, random, short, kills, prefix, violations, log }) {
    Object.assign(this, { lab, random, short, kills, prefix, violations, log });
  }

  get services() {
    return this.lab.services;
  }

  /** Starts a load beside those that run already. */
  startLoad(options = {}) {
    const { services, tokens, journal } = this.lab;
    const load = new Load({
      urls: services.urls,
      token: tokens.director,
      journal,
      random: this.random.fork(),
      prefix: `${this.prefix}${this.loads.length}`,
      ...options,
    });
    this.loads.push(load);
    this.load = load;
    return load.start();
  }

  /** So many commands, settled. */
  async burst(limit, options = {}) {
    const load = this.startLoad({ ...options, limit });
    await load.finished();
    await load.stop();
  }

  get counts() {
    const sum = (name) => this.loads.reduce((total, { counts }) => total + counts[name], this.own[name]);
    return { sent: sum('sent'), acknowledged: sum('acknowledged'), refused: sum('refused'), unknown: sum('unknown') };
  }

  /** Notes a fault: what recovers is measured from the last one on. */
  fault(name, times = 1) {
    this.faults[name] = (this.faults[name] ?? 0) + times;
    this.lastFaultAt = performance.now();
  }

  /** What was broken is whole again. */
  mended() {
    this.lastFaultAt = performance.now();
  }

  recovered(what, sinceMs) {
    (this.recoveries[what] ??= []).push(Math.round(performance.now() - sinceMs));
  }

  /** The load goes on for a moment that nobody can foresee. */
  moment(from = 200, to = 1_500) {
    return delay(this.random.between(from, to));
  }

  /** `short` cycles in `npm test`, else as many as the scenario or `--kills` says. */
  async cycles({ short, full }, cycle) {
    const count = this.kills ?? (this.short ? short : full);
    for (let i = 0; i < count; i++) {
      await cycle(i);
      if ((i + 1) % 10 === 0) this.log(`${i + 1} of ${count} cycles`);
    }
  }

  /** Waits for a condition. What is not there in time breaks the scenario, with its name. */
  async until(what, condition, withinMs = 60_000) {
    const end = performance.now() + withinMs;
    for (;;) {
      if (await condition()) return;
      if (performance.now() > end) throw new Error(`${what}: not within ${withinMs / 1000} s`);
      await delay(100);
    }
  }

  expect(invariant, holds, what) {
    if (!holds) this.violations.add(invariant, what);
  }
}
