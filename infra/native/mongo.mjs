// A MongoDB of one node that is a replica set all the same: transactions and change streams need one. Several of them make a set of several.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { driver } from './drivers.mjs';
import { mongodProgram } from './packages.mjs';
import { ServerProcess } from './server-process.mjs';

const REPLICA_SET = 'rs0';
const NOT_YET_INITIALISED = 94;

export class Mongo {
  /** `host` is what the node tells its clients to call: a proxy before it, for instance. `members` are the hosts of the whole set, of which the first founds it. */
  constructor({ dir, port, detached, args = [], log = () => undefined, folder = 'mongo', host = `127.0.0.1:${port}`, members = [host] }) {
    this.port = port;
    this.log = log;
    this.args = args;
    this.host = host;
    this.members = members;
    this.url = `mongodb://${members.join(',')}/?replicaSet=${REPLICA_SET}`;
    this.process = new ServerProcess({ name: 'mongod', dir: join(dir, folder), detached });
  }

  async start() {
    driver('mongodb');
    const program = await mongodProgram(this.log);
    const dbpath = join(this.process.dir, 'db');
    mkdirSync(dbpath, { recursive: true });
    const args = ['--dbpath', dbpath, '--port', String(this.port), '--bind_ip', '127.0.0.1', '--nounixsocket', '--replSet', REPLICA_SET];
    const small = ['--wiredTigerCacheSizeGB', '0.5', '--oplogSize', '512', '--setParameter', 'diagnosticDataCollectionEnabled=false'];
    // A lone primary has nobody to hand over to, so it need not wait for that when it is asked to end.
    const brisk = ['--setParameter', 'shutdownTimeoutMillisForSignaledShutdown=0'];
    await this.process.start(program, [...args, ...small, ...brisk, ...this.args], { isReady: () => this.#becomesReady(), deadlineMs: 60_000 });
  }

  /** True when writes are taken. */
  isReady = () => this.#asAdmin(async (admin) => (await admin.command({ hello: 1 })).isWritablePrimary);

  /** Founds the replica set where there is none, and moves a set of one along when the port has changed. */
  #becomesReady = () =>
    this.#asAdmin(async (admin) => {
      const { host, members } = this;
      const { isWritablePrimary, secondary } = await admin.command({ hello: 1 });
      if (isWritablePrimary || (secondary && members.length > 1)) return true;
      if (host !== members[0]) return false;
      const config = await replicaSetConfig(admin);
      if (!config)
        await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: members.map((name, _id) => ({ _id, host: name })) } });
      else if (members.length === 1 && config.members[0].host !== host)
        await admin.command({
          replSetReconfig: { ...config, version: config.version + 1, members: [{ ...config.members[0], host }] },
          force: true,
        });
      return false;
    });

  async #asAdmin(ask) {
    const { MongoClient } = driver('mongodb');
    const client = new MongoClient(`mongodb://127.0.0.1:${this.port}/?directConnection=true`, {
      serverSelectionTimeoutMS: 1000,
      socketTimeoutMS: 5000,
    });
    try {
      return await ask(client.db('admin'));
    } catch {
      return false;
    } finally {
      await client.close();
    }
  }

  stop = () => this.process.stop(15_000);
  kill = () => this.process.kill();

  /** Throws the data of a stopped server away. */
  wipe = () => rmSync(join(this.process.dir, 'db'), { recursive: true, force: true });
}

const replicaSetConfig = (admin) =>
  admin.command({ replSetGetConfig: 1 }).then(
    ({ config }) => config,
    (error) => {
      if (error.code !== NOT_YET_INITIALISED) throw error;
    },
  );
