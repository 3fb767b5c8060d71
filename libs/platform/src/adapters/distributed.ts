import { PERSON_OWNERS } from '@keyfold/contracts';
import { type Feeds, type KeyStore, Leadership, type Logger, Sequencer } from '@keyfold/event-sourcing';
import { createTopics, type KafkaSettings, KafkaTransport, TopicMisconfigured } from '@keyfold/event-sourcing-kafka';
import {
  createIndexes,
  MongoAuditLog,
  MongoEventStore,
  MongoKeyStore,
  MongoLeases,
  MongoNumbering,
  MongoProjectionStore,
  MongoRelayState,
  MongoSnapshotStore,
  MongoVerifyJobs,
  openConnection,
} from '@keyfold/event-sourcing-mongo';
import { type Adapters, hasForgotten, systemClock, systemIds } from '@keyfold/event-sourcing-nest';
import { type Config, SERVICES } from '../config.js';
import { AesVault } from '../personal-data/aes-vault.js';
import { AesKeyWrap } from '../personal-data/key-wrap.js';
import { HttpErasureNotes, HttpFeeds, HttpKeyStore } from './http-peers.js';
import type { AdapterTools } from './tools.js';

/** Read models write side by side (several of each batch, and several partitions), beside the appends and whoever reads. */
const CONNECTIONS = 40;

const databaseName = (service: string, config: Config): string => `${config.topicPrefix.replaceAll('.', '-')}keyfold-${service}`;

const kafkaSettings = (clientId: string, config: Config, log: Logger): KafkaSettings => ({
  brokers: config.kafkaBrokers!,
  clientId,
  topicPrefix: config.topicPrefix,
  clock: systemClock,
  log,
});

/** The adapters of one service on MongoDB and Kafka. MongoDB must answer and have its indexes; Kafka may be down (G11). */
export async function distributedAdapters(service: string, config: Config, { log, metrics, failpoint }: AdapterTools): Promise<Adapters> {
  const clock = systemClock;
  const connection = await openConnection(config.mongoUrl!, databaseName(service, config), { maxPoolSize: CONNECTIONS });
  try {
    const store = new MongoEventStore(connection, service, { clock, log, metrics, appendDeadlineMs: config.commandDeadlineMs });
    await store.checkIndexes();
    const leadership = new Leadership(new MongoLeases(connection, clock), { clock, ids: systemIds, log });
    const transport = new KafkaTransport({ ...kafkaSettings(`keyfold-${service}`, config, log), metrics });
    metrics.onLook(() => {
      for (const { group, running, restarts } of transport.health()) {
        metrics.set('consumer_running', running ? 1 : 0, { group });
        metrics.set('consumer_restarts_total', restarts, { group });
      }
    });
    const peers = { urls: config.peers, serviceToken: config.serviceToken };
    const personKeys = new MongoKeyStore(connection, new AesKeyWrap(config.masterKey!), { clock });
    const projections = new MongoProjectionStore(connection, { clock });
    const notes = new HttpErasureNotes(peers);
    const others = new HttpKeyStore(peers, PERSON_OWNERS.filter((owner) => owner !== service));
    const vault = new AesVault(firstKnown(personKeys, others), clock);
    store.wakeups.onErasure((personId) => (personId === null ? vault.forgetAll() : vault.forget(personId)));
    return {
      store,
      projections,
      snapshots: new MongoSnapshotStore(connection, clock),
      cacheBytes: config.cacheMb * 1_000_000,
      transport,
      feeds: ownFirst(store, new HttpFeeds(peers)),
      vault,
      personKeys,
      erasureNotes: {
        noted: (other, streamId, version) => (other === service ? hasForgotten(projections, streamId, version) : notes.noted(other, streamId, version)),
        spread: (personId) => store.wakeups.spreadErasure(personId),
      },
      clock,
      ids: systemIds,
      log,
      failpoint,
      metrics,
      audit: new MongoAuditLog(connection, clock),
      verifyJobs: new MongoVerifyJobs(connection, clock),
      retention: config,
      volatile: false,
      cursorKey: config.cursorKey,
      /** The sequencer and the relay share the term: both are conditional on its epoch, and either ending ends it. */
      lead: (work, signal) =>
        leadership.lead(
          service,
          async (epoch, term) => {
            const over = new AbortController();
            const until = AbortSignal.any([term, over.signal]);
            const parts = [new Sequencer(new MongoNumbering(store, clock), { clock, log, failpoint }).run(epoch, until), work(new MongoRelayState(connection, service, epoch, clock), until)];
            await Promise.race(parts).finally(() => over.abort());
            await Promise.all(parts);
          },
          signal,
        ),
      close: async () => {
        await transport.close();
        await store.close();
        await connection.close();
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

const SETUP_DEADLINE_MS = 120_000;
const SETUP_PAUSE_MS = 1_000;

/** What the deployment job does before the services start: indexes and topics. Waits for servers that are still starting. Can be run again at any time. */
export async function setUp(config: Config, log: Logger): Promise<void> {
  const until = systemClock.now().getTime() + SETUP_DEADLINE_MS;
  for (const service of SERVICES) await patiently(() => makeIndexes(service, config), until, log);
  const made = await patiently(() => createTopics(kafkaSettings('keyfold-setup', config, log), SERVICES), until, log);
  log.info('databases and topics are ready', { topics: made.length > 0 ? made.join(' ') : 'none to make' });
}

async function makeIndexes(service: string, config: Config): Promise<void> {
  const connection = await openConnection(config.mongoUrl!, databaseName(service, config), { maxPoolSize: 1 });
  try {
    await createIndexes(connection);
  } finally {
    await connection.close();
  }
}

async function patiently<T>(work: () => Promise<T>, until: number, log: Logger): Promise<T> {
  for (;;)
    try {
      return await work();
    } catch (error) {
      if (error instanceof TopicMisconfigured || systemClock.now().getTime() > until) throw error;
      log.warn('setup: will try again', { error: String(error) });
      await systemClock.wait(SETUP_PAUSE_MS);
    }
}

/** The own log from the own store, the others' over HTTP. */
function ownFirst(store: MongoEventStore, others: Feeds): Feeds {
  return {
    after: (service, position, limit) => (service === store.service ? store.feed(position, limit) : others.after(service, position, limit)),
    stream: async (service, streamId, afterVersion) => {
      if (service !== store.service) return others.stream(service, streamId, afterVersion);
      const commits = await store.load(streamId, afterVersion);
      return commits.flatMap((commit) => (commit.position === null || commit.recordedAt === null ? [] : [{ ...commit, position: commit.position, recordedAt: commit.recordedAt }]));
    },
    lastPosition: (service) => (service === store.service ? store.lastPosition() : others.lastPosition(service)),
  };
}

/** Keys are made in the own store only; a person whom this service does not own is asked for elsewhere, one whose key was destroyed here is not. */
const firstKnown = (own: KeyStore, others: Pick<KeyStore, 'keyFor'>): Pick<KeyStore, 'keyFor'> => ({
  keyFor: async (personId, create) => (await own.keyFor(personId, create)) ?? (create ? null : others.keyFor(personId, false)),
});
