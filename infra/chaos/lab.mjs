// One laboratory: MongoDB and Kafka that may be killed, a fault proxy before each of them, an identity provider and the four services.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TcpProxy } from '@keyfold/testing/faults';
import { Kafka } from '../native/kafka.mjs';
import { Mongo } from '../native/mongo.mjs';
import { freePort } from '../native/server-process.mjs';
import { ByHand } from './by-hand.mjs';
import { mountSmallDisk } from './disks.mjs';
import { Identity } from './identity.mjs';
import { Journal } from './journal.mjs';
import { Client } from './load/client.mjs';
import { firstAccount } from './load/commands.mjs';
import { Observer } from './observe/observer.mjs';
import { Services } from './services.mjs';

/** What one process may grow to. */
export const MEMORY_LIMIT_MB = 900;

export class Lab {
  #closing = [];
  /** Leaves data, logs and journal where they are when it is closed, for whoever looks into a failure. */
  keep = false;
  /** Streams that were written to a topic by hand and are in no log. */
  strays = new Set();
  /** Services whose topics have lost messages for good, by a scenario's own hand. */
  shortened = new Set();

  /** `nodes`: 1 or 3 mongods. `kafkaSettings`: lines for the broker. `diskMegabytes`: puts the data of each server on a disk of that size. */
  static async open({ dir, log, nodes = 1, kafkaSettings = {}, diskMegabytes = null }) {
    const lab = new Lab();
    if (dir) await mkdir(dir, { recursive: true });
    lab.dir = await mkdtemp(join(dir ?? tmpdir(), 'keyfold-chaos-'));
    lab.log = log;
    lab.shape = shapeOf({ nodes, kafkaSettings, diskMegabytes });
    try {
      await lab.#build({ nodes, kafkaSettings, diskMegabytes });
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  async #build({ nodes, kafkaSettings, diskMegabytes }) {
    this.#closing.push(() => (this.keep ? this.log(`the files are kept in ${this.dir}`) : rm(this.dir, { recursive: true, force: true })));
    if (diskMegabytes)
      this.disks = { mongo: await this.#disk('mongo', diskMegabytes.mongo), kafka: await this.#disk('kafka', diskMegabytes.kafka) };
    await Promise.all([nodes === 1 ? this.#oneMongo() : this.#severalMongos(nodes), this.#broker(kafkaSettings)]);
    this.identity = await Identity.start();
    this.#closing.push(() => this.identity.close());
    this.prefix = `chaos-${randomBytes(4).toString('hex')}.`;
    this.services = await Services.start({ env: this.#environment(), dir: this.dir, log: this.log });
    this.#closing.push(() => this.services.stop());
    this.tokens = {
      director: await this.identity.token('director'),
      auditor: await this.identity.token('auditor'),
      operator: await this.identity.token('operator'),
    };
    this.client = new Client({ urls: this.services.urls, token: this.tokens.director });
    this.observer = new Observer({
      urls: this.mongos.map(({ port }) => port),
      broker: this.kafka.brokers,
      prefix: this.prefix,
      singleNode: nodes === 1,
    });
    this.byHand = new ByHand({ broker: this.kafka.brokers, prefix: this.prefix });
    this.#closing.push(
      () => this.observer.close(),
      () => this.client.close(),
    );
    this.journal = await Journal.open(join(this.dir, 'journal.ndjson'));
    this.#closing.push(() => this.journal.close());
    await this.#begin();
  }

  async #disk(name, megabytes) {
    const disk = await mountSmallDisk(join(this.dir, name), megabytes);
    this.#closing.push(() => disk.unmount());
    return disk;
  }

  /** The replica set names the proxy as its host, or the services would go around it. */
  async #oneMongo() {
    const port = await freePort();
    this.mongoProxy = await this.#proxy(port);
    await this.#mongo({ port, host: `127.0.0.1:${this.mongoProxy.port}` });
  }

  async #severalMongos(nodes) {
    const ports = await Promise.all(Array.from({ length: nodes }, () => freePort()));
    const members = ports.map((port) => `127.0.0.1:${port}`);
    await Promise.all(ports.map((port, i) => this.#mongo({ port, folder: `mongo-${i}`, members })));
  }

  async #mongo(options) {
    const mongo = new Mongo({ dir: this.dir, log: this.log, ...options });
    this.mongos = [...(this.mongos ?? []), mongo];
    this.#closing.push(() => mongo.kill());
    await mongo.start();
  }

  async #broker(settings) {
    const port = await freePort();
    this.kafkaProxy = await this.#proxy(port);
    this.kafka = new Kafka({
      dir: this.dir,
      port,
      controllerPort: await freePort(),
      host: `127.0.0.1:${this.kafkaProxy.port}`,
      settings,
      log: this.log,
    });
    this.#closing.push(() => this.kafka.kill());
    await this.kafka.start();
  }

  async #proxy(port) {
    const proxy = await TcpProxy.to({ port });
    this.#closing.push(() => proxy.close());
    return proxy;
  }

  #environment() {
    return {
      KEYFOLD_MODE: 'distributed',
      KEYFOLD_MONGO_URL: this.mongos[0].url,
      KEYFOLD_KAFKA_BROKERS: this.kafka.brokers,
      KEYFOLD_TOPIC_PREFIX: this.prefix,
      KEYFOLD_SERVICE_TOKEN: randomBytes(32).toString('hex'),
      KEYFOLD_MASTER_KEY: randomBytes(32).toString('base64'),
      KEYFOLD_CURSOR_KEY: randomBytes(32).toString('base64'),
      KEYFOLD_LOG_LEVEL: 'warn',
      ...this.identity.env,
    };
  }

  get mongo() {
    return this.mongos[0];
  }

  /** The account on which incidents are reported, known to everybody before the load begins. */
  async #begin() {
    const { aggregate, command, id, body } = firstAccount;
    await this.client.post('accounts', `/api/accounts/${aggregate}/${id}/${command}`, body);
    await this.observer.untilCaughtUp({ withinMs: 90_000 });
  }

  /** Takes the faults of the network away. */
  heal() {
    this.mongoProxy?.heal();
    this.kafkaProxy.heal();
  }

  async close() {
    for (const close of this.#closing.reverse()) await Promise.resolve(close()).catch((error) => this.log(`closing: ${error.message}`));
    this.#closing = [];
  }
}

/** Labs of one shape can serve one scenario after the other. */
export const shapeOf = ({ nodes = 1, kafkaSettings = {}, diskMegabytes = null } = {}) =>
  JSON.stringify({ nodes, kafkaSettings, diskMegabytes });
