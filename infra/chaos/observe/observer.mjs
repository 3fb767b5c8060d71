// Looks at a run from outside: straight into the databases and the topics, past the services and past the fault proxies.
import { setTimeout as delay } from 'node:timers/promises';
import { driver } from '../../native/drivers.mjs';
import { FOLLOWED, READ_MODELS } from '../read-models.mjs';
import { SERVICES } from '../services.mjs';
import { readTopic } from './topic.mjs';

const POLL_MS = 250;
const MAJORITY = { readConcern: { level: 'majority' } };

export class Observer {
  #client;

  /** `urls`: ports of the mongods. */
  constructor({ urls, broker, prefix, singleNode }) {
    const { MongoClient } = driver('mongodb');
    const hosts = urls.map((port) => `127.0.0.1:${port}`).join(',');
    this.#client = new MongoClient(`mongodb://${hosts}/?${singleNode ? 'directConnection=true' : 'replicaSet=rs0'}`, {
      serverSelectionTimeoutMS: 20_000,
    });
    this.broker = broker;
    this.prefix = prefix;
  }

  database = (service) => this.#client.db(`${this.prefix.replaceAll('.', '-')}keyfold-${service}`);

  get admin() {
    return this.#client.db('admin');
  }

  /** Every commit of a service as it lies in the database, the data of the events parsed. */
  async log(service) {
    const commits = await this.database(service).collection('commits').find({}, MAJORITY).batchSize(5_000).toArray();
    return commits.map(({ _id, events, recordedAt, ...commit }) => ({
      ...commit,
      commitId: _id,
      recordedAt: recordedAt ? recordedAt.getTime() : null,
      events: events.map((event) => ({ ...event, data: JSON.parse(event.data) })),
    }));
  }

  async logs() {
    const logs = new Map();
    for (const service of SERVICES) logs.set(service, await this.log(service));
    return logs;
  }

  /** The messages of a service's topic, by partition in their order. */
  messages = (service) => readTopic({ broker: this.broker, topic: `${this.prefix}${service}.events.v1` });

  /** `<name>_v<version>_g<generation>`: what a read model's collections are named after, of its highest version and the generation that serves. */
  async serving(owner, name) {
    const versions = await this.database(owner)
      .collection('projections')
      .find({ _id: new RegExp(`^${name}_v\\d+$`) }, MAJORITY)
      .toArray();
    const versionOf = ({ _id }) => Number(_id.slice(name.length + 2));
    const newest = versions.sort((a, b) => versionOf(a) - versionOf(b)).at(-1);
    return `${newest?._id}_g${newest?.serving ?? null}`;
  }

  /** Stream -> `{ accepted, applied }` of the generation that serves. */
  async marks(owner, name) {
    const collection = this.database(owner).collection(`marks_${await this.serving(owner, name)}`);
    const marks = await collection.find({}, MAJORITY).batchSize(10_000).toArray();
    return new Map(marks.map(({ _id, accepted, applied }) => [_id, { accepted, applied }]));
  }

  /** Id -> row of the generation that serves, without what the store keeps for itself (fields that begin with an underscore). */
  async rows(owner, name) {
    const collection = this.database(owner).collection(`view_${await this.serving(owner, name)}`);
    const rows = await collection.find({}, MAJORITY).batchSize(5_000).toArray();
    return new Map(
      rows.map((row) => [String(row._id), Object.fromEntries(Object.entries(row).filter(([field]) => !field.startsWith('_')))]),
    );
  }

  async deadLetters(owner) {
    return this.database(owner).collection('dead_letters').find({}, MAJORITY).limit(1_000).toArray();
  }

  /** What a service has written to its audit log since an instant (RFC 3339), the oldest first. */
  async audit(service, since) {
    return this.database(service)
      .collection('audit')
      .find({ _id: { $gte: since } }, MAJORITY)
      .sort({ _id: 1 })
      .limit(10_000)
      .toArray();
  }

  async leases() {
    const leases = await Promise.all(
      SERVICES.map((service) => this.database(service).collection('leases').findOne({ _id: service }, MAJORITY)),
    );
    return new Map(SERVICES.map((service, i) => [service, leases[i]]));
  }

  /** What is still under way, in words; empty when every commit is numbered, published and in every read model that follows it. */
  async underWay(strays = new Set()) {
    const waiting = [];
    const heads = new Map();
    for (const service of SERVICES) {
      const commits = this.database(service).collection('commits');
      const [unnumbered, count, lease, byPrefix] = await Promise.all([
        commits.countDocuments({ sequenced: false }, MAJORITY),
        commits.countDocuments({}, MAJORITY),
        this.database(service).collection('leases').findOne({ _id: service }, MAJORITY),
        commits.aggregate(EVENTS_BY_PREFIX, MAJORITY).toArray(),
      ]);
      if (unnumbered > 0) waiting.push(`${service}: ${unnumbered} commits to number`);
      const published = lease?.publishedPosition ?? 0;
      if (published < count) waiting.push(`${service}: ${count - published} commits to publish`);
      for (const { _id, events } of byPrefix) heads.set(`${service} ${_id}`, events);
    }
    for (const { owner, key, service, prefix } of FOLLOWED) {
      const serving = await this.serving(owner, key);
      const within = { _id: { $gte: `${prefix}-`, $lt: `${prefix}.`, $nin: [...strays] } };
      const sum = [{ $match: within }, { $group: { _id: null, applied: { $sum: '$applied' } } }];
      const [found] = await this.database(owner).collection(`marks_${serving}`).aggregate(sum, MAJORITY).toArray();
      const missing = (heads.get(`${service} ${prefix}`) ?? 0) - (found?.applied ?? 0);
      if (missing !== 0) waiting.push(`${owner}: ${missing} events to apply to ${key}`);
    }
    return waiting;
  }

  /** How many events a service has applied to all its read models together. Only grows, but for a switch of generations. */
  async applied(owner) {
    let sum = 0;
    for (const key of Object.keys(READ_MODELS[owner])) {
      const [found] = await this.database(owner)
        .collection(`marks_${await this.serving(owner, key)}`)
        .aggregate([{ $group: { _id: null, applied: { $sum: '$applied' } } }])
        .toArray();
      sum += found?.applied ?? 0;
    }
    return sum;
  }

  /** Waits until nothing is under way; throws what still is at the deadline. Answers the instant. */
  async untilCaughtUp({ withinMs, strays }) {
    const until = performance.now() + withinMs;
    let waiting = ['not looked yet'];
    for (;;) {
      try {
        waiting = await this.underWay(strays);
      } catch (error) {
        waiting = [`the databases cannot be read: ${error.message}`];
      }
      if (waiting.length === 0) return performance.now();
      if (performance.now() > until) throw new Error(`not caught up within ${withinMs / 1000} s: ${waiting.join('; ')}`);
      await delay(POLL_MS);
    }
  }

  close() {
    return this.#client.close();
  }
}

const PREFIX = { $arrayElemAt: [{ $split: ['$streamId', '-'] }, 0] };
const EVENTS_BY_PREFIX = [{ $group: { _id: PREFIX, events: { $sum: { $subtract: ['$toVersion', '$expectedVersion'] } } } }];
