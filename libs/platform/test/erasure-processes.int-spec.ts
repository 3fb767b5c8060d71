import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { registry } from '@keyfold/contracts';
import { incomingOfCommit } from '@keyfold/event-sourcing';
import { createIndexes, openConnection } from '@keyfold/event-sourcing-mongo';
import { type Adapters, forgetting } from '@keyfold/event-sourcing-nest';
import { LogBook, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { eventually, newSecrets, TcpProxy } from '@keyfold/testing';
import { distributedAdapters } from '../src/adapters/distributed.js';
import { type Config, readConfig } from '../src/config.js';
import { MetricsRegistry } from '../src/telemetry/metrics-registry.js';

const NAME = 'Ada Erasable';

let config: Config;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  config = readConfig({
    KEYFOLD_MODE: 'distributed',
    KEYFOLD_MONGO_URL: process.env['KEYFOLD_MONGO_URL'],
    KEYFOLD_KAFKA_BROKERS: '127.0.0.1:1', // nothing is sent
    KEYFOLD_TOPIC_PREFIX: `t${randomBytes(4).toString('hex')}.`,
    ...newSecrets(),
    KEYFOLD_OIDC_ISSUER: 'https://login.example.com',
    KEYFOLD_OIDC_JWKS_URL: 'https://login.example.com/keys',
  });
  const connection = await openConnection(config.mongoUrl!, `${config.topicPrefix.replaceAll('.', '-')}keyfold-accounts`);
  await createIndexes(connection);
  open.push({
    close: async () => {
      await connection.getClient().db(`${connection.db!.databaseName}_keys`).dropDatabase();
      await connection.dropDatabase();
      await connection.close();
    },
  });
});
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
}, 60_000);

/** What another process of the service works with. */
async function processOf(mongoUrl = config.mongoUrl!, log = new LogBook()): Promise<Adapters> {
  const adapters = await distributedAdapters('accounts', { ...config, mongoUrl }, { log, metrics: new MetricsRegistry(), failpoint: () => undefined });
  open.push(adapters);
  return adapters;
}

/** The event of an erasure, as it comes to one process of the group. */
async function hears(adapters: Adapters, personId: string): Promise<void> {
  const sender = { send: () => Promise.reject(new Error('nothing is sent here')) };
  const subscriber = forgetting(adapters, { ...adapters, registry, sender });
  await adapters.projections.prepare(subscriber.projection);
  const erased = someEvent({ key: 'destroyed', storeLogHours: null, backupDays: null }, 'accounts.person.erased');
  const commit = { ...someCommit(`memberperson-${personId}`, 0, { events: [erased] }), position: 1, recordedAt: '2026-01-01T00:00:00.000Z' };
  await subscriber.apply('accounts.events.v1/0', incomingOfCommit('accounts', commit, registry));
}

describe('an erasure of which one process of a service hears', () => {
  it('reaches the key that another one holds, at once, and leaves it those of others', async () => {
    const [one, other] = [await processOf(), await processOf()];
    const [erased, kept] = [await one.vault.encrypt('p-1', NAME), await one.vault.encrypt('p-2', NAME)];
    await hears(one, 'p-0'); // the first of all is not told apart
    let asked = 0;
    const { keyFor } = other.personKeys;
    other.personKeys.keyFor = (...args) => {
      asked += 1;
      return keyFor.apply(other.personKeys, args);
    };
    await eventually(async () => {
      asked = 0;
      for (const text of [erased, kept]) expect(await other.vault.decrypt(text)).toBe(NAME);
      expect(asked).toBe(0); // both are held
    });
    await one.personKeys.destroy('p-1');
    expect(await other.vault.decrypt(erased)).toBe(NAME);
    await hears(one, 'p-1');
    await eventually(async () => expect(await other.vault.decrypt(erased)).toBeNull(), { deadlineMs: 15_000 });
    asked = 0;
    expect([await other.vault.decrypt(kept), asked]).toEqual([NAME, 0]);
  });

  it('reaches one that was cut off meanwhile, as soon as it is back', async () => {
    const target = new URL(config.mongoUrl!);
    const proxy = await TcpProxy.to({ host: target.hostname, port: Number(target.port) });
    open.push(proxy);
    const log = new LogBook();
    const one = await processOf();
    const cutOff = await processOf(`mongodb://127.0.0.1:${proxy.port}/?directConnection=true`, log);
    const text = await one.vault.encrypt('p-1', NAME);
    await hears(one, 'p-0');
    expect(await cutOff.vault.decrypt(text)).toBe(NAME);
    proxy.refuse();
    proxy.reset();
    await one.personKeys.destroy('p-1');
    await hears(one, 'p-1');
    await eventually(async () => expect(log.entries.map(({ message }) => message)).toContainEqual(expect.stringContaining('change stream lost')), { deadlineMs: 60_000 });
    proxy.heal();
    await eventually(async () => expect(await cutOff.vault.decrypt(text)).toBeNull(), { deadlineMs: 60_000 });
  });
});
