// A Kafka of one node that is broker and controller (KRaft).
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { driver } from './drivers.mjs';
import { kafkaClassPath } from './packages.mjs';
import { ServerProcess } from './server-process.mjs';

export const OFFSETS_PARTITIONS = 8;

export class Kafka {
  /** `host` is what the broker tells its clients to call: a proxy before it, for instance. `settings` are further lines of its configuration. */
  constructor({ dir, port, controllerPort, detached, log = () => undefined, host = `127.0.0.1:${port}`, settings = {} }) {
    this.port = port;
    this.controllerPort = controllerPort;
    this.log = log;
    this.brokers = host;
    this.settings = settings;
    this.process = new ServerProcess({ name: 'kafka', dir: join(dir, 'kafka'), detached });
  }

  async start() {
    driver('kafkajs');
    const classPath = await kafkaClassPath(this.log);
    const { dir } = this.process;
    const config = join(dir, 'server.properties');
    const logs = join(dir, 'data');
    writeFileSync(config, properties({ ...this, logs }));
    if (!existsSync(join(logs, 'meta.properties'))) {
      const format = ['-cp', classPath, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', config];
      await promisify(execFile)('java', format, { timeout: 60_000 });
    }
    const jvm = [
      '-Xmx512m',
      '-XX:+ExitOnOutOfMemoryError',
      '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
      '-Dorg.slf4j.simpleLogger.showDateTime=true',
    ];
    await this.process.start('java', [...jvm, '-cp', classPath, 'kafka.Kafka', config], {
      isReady: () => this.isReady(),
      deadlineMs: 180_000,
    });
  }

  isReady = () => isReady(this.brokers);
  stop = () => this.process.stop(15_000);
  kill = () => this.process.kill();

  /** Throws the data of a stopped broker away: it comes back with a new identity and without topics. */
  wipe = () => rmSync(join(this.process.dir, 'data'), { recursive: true, force: true });
}

// A group's coordinator leads partition hash(group) mod partitions of the offsets topic, and the hash of one letter is its code: eight letters in a row meet all of them.
const GROUPS = Array.from({ length: OFFSETS_PARTITIONS }, (_, i) => String.fromCharCode('a'.charCodeAt(0) + i));

/** True when topics can be listed and the coordinator of every consumer group answers: right after its start a broker does the one but not yet the other. */
export async function isReady(brokers) {
  const { Kafka: Client, logLevel } = driver('kafkajs');
  const patience = { connectionTimeout: 1000, requestTimeout: 5000, retry: { retries: 0 } };
  const admin = new Client({ brokers: [brokers], clientId: 'keyfold-readiness', logLevel: logLevel.NOTHING, ...patience }).admin();
  try {
    await admin.connect();
    await admin.listTopics();
    for (const groupId of GROUPS) await admin.fetchOffsets({ groupId, topics: [] });
    return true;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

// Kafka's own form of an id: 16 bytes in base64url, not starting with a dash.
const clusterId = () => randomBytes(16).toString('base64url').replace(/^-/, 'A');

const properties = ({ port, controllerPort, logs, brokers, settings }) => `\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
advertised.listeners=PLAINTEXT://${brokers}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${logs}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=4000
broker.heartbeat.interval.ms=1000
offsets.topic.replication.factor=1
offsets.topic.num.partitions=${OFFSETS_PARTITIONS}
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
${Object.entries(settings)
  .map(([name, value]) => `${name}=${value}\n`)
  .join('')}`;
