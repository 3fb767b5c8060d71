import { type Clock, noAuditLog, noMetrics, Rebuilder } from '@keyfold/event-sourcing';
import { openConnection } from '../src/connection.js';
import { MongoEventStore } from '../src/event-store.js';
import { MongoProjectionStore } from '../src/projection-store.js';
import { ownFeeds, registry, renames } from './renames.js';
import { mongoUrl, realClock, silent } from './support.js';

/** Run as a process of its own: goes on with the rebuild that is under way. Tells where it begins, each write, and when it is through. Stands still after some writes, to be killed. */
const [database, writes] = process.argv.slice(2);
let left = Number(writes);
const connection = await openConnection(mongoUrl(), database!);
const store = new MongoEventStore(connection, 'accounts', { clock: realClock, log: silent });
// Time flies, so that every page is written; the claim goes by the server's.
let passed = 0;
const clock: Clock = { now: () => new Date(Date.now() + (passed += 10_000)), wait: realClock.wait };
const feeds = ownFeeds(store, 100);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
let asked = false;
const rebuilder = new Rebuilder(renames, new MongoProjectionStore(connection, { clock: realClock, claimMs: 1_000 }), {
  registry,
  clock,
  log: silent,
  metrics: noMetrics,
  audit: noAuditLog,
  feeds: {
    ...feeds,
    after: (service, position, limit) => {
      if (!asked) say(`from ${position}`);
      asked = true;
      return feeds.after(service, position, limit);
    },
  },
  failpoint: async () => {
    say('written');
    // Between two writes: a transaction that a killed process leaves open is undone by the server after a minute only.
    if (--left === 0) await new Promise(() => undefined);
  },
});
for (let state = 'building'; state !== 'switched'; state = (await rebuilder.status()).rebuild!.state) {
  await rebuilder.work(new AbortController().signal);
  await realClock.wait(100);
}
say('switched');
process.exit(0);
