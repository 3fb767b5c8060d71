// I5: what a consumer shows never goes back. Marks and rows of a sample of streams are looked at all through a run.
import { setTimeout as delay } from 'node:timers/promises';

const EVERY_MS = 400;
const SAMPLE = 200;
/** `[owner, read model, stream prefix]` */
const WATCHED = [
  ['opportunities', 'offerings', 'offering'],
  ['reporting', 'offering-history', 'offering'],
  ['reporting', 'opportunity-history', 'opp'],
];

export class Sampler {
  #stopped = false;
  #seen = new Map();
  looks = 0;

  constructor(observer, prefix, violations) {
    Object.assign(this, { observer, prefix, violations });
    this.done = this.#watch();
  }

  async stop() {
    this.#stopped = true;
    await this.done;
  }

  async #watch() {
    while (!this.#stopped) {
      for (const [owner, key, prefix] of WATCHED)
        // While the database is down there is nothing to see.
        await this.#look(owner, key, prefix).catch(() => undefined);
      await delay(EVERY_MS);
    }
  }

  async #look(owner, key, prefix) {
    const serving = await this.observer.serving(owner, key);
    const from = { _id: { $gte: `${prefix}-${this.prefix}`, $lt: `${prefix}-${this.prefix}~` } };
    const marks = await this.observer
      .database(owner)
      .collection(`marks_${serving}`)
      .find(from, { readConcern: { level: 'majority' } })
      .sort({ _id: 1 })
      .limit(SAMPLE)
      .toArray();
    this.looks += 1;
    for (const { _id, applied } of marks) {
      const name = `${owner} ${key} ${_id}`;
      const before = this.#seen.get(name) ?? 0;
      if (applied < before) this.violations.add('I5', `${name}: went back from version ${before} to ${applied}`);
      this.#seen.set(name, Math.max(before, applied));
    }
  }
}
