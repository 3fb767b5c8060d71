import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually, kafkaForTests, mongoForTests, TcpProxy } from '../src/index.js';

describe('mongoForTests', () => {
  it('gives every caller a database of its own and drops it', async () => {
    const [one, other] = await Promise.all([mongoForTests(), mongoForTests()]);
    await one.db.collection('things').insertOne({ n: 1 });
    expect(await other.db.collection('things').countDocuments()).toBe(0);
    await one.drop();
    const { databases } = await other.db.admin().listDatabases({ nameOnly: true });
    expect(databases.map(({ name }) => name)).not.toContain(one.name);
    await other.drop();
  });

  it('stands for a driver behind the fault proxy', async () => {
    const { hostname, port } = new URL(process.env['KEYFOLD_MONGO_URL'] ?? '');
    const proxy = await TcpProxy.to({ host: hostname, port: Number(port) });
    const test = await mongoForTests({ url: `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&retryWrites=false` });
    const things = test.db.collection<{ _id: string }>('things');
    await things.insertOne({ _id: 'first' });
    const lost = proxy.loseResponse((request) => request.includes('insert'));
    await expect(things.insertOne({ _id: 'unknown' })).rejects.toThrow(/ECONNRESET|connection/i);
    await lost;
    expect(await eventually(() => things.findOne({ _id: 'unknown' }))).toEqual({ _id: 'unknown' });
    await test.drop();
    await proxy.close();
  });
});

describe('kafkaForTests', () => {
  it('creates topics of its own and deletes them, and no others', async () => {
    const [one, other] = [kafkaForTests(), kafkaForTests()];
    await one.createTopics({ topic: `${one.prefix}a`, numPartitions: 2 }, { topic: `${one.prefix}b`, numPartitions: 1 });
    await other.createTopics({ topic: `${other.prefix}a`, numPartitions: 1 });
    await one.deleteTopics();
    await expect(other.createTopics({ topic: `${other.prefix}a`, numPartitions: 1 })).resolves.toBeUndefined();
    await other.deleteTopics();
  });
});

describe('without servers', () => {
  const variables = ['KEYFOLD_MONGO_URL', 'KEYFOLD_KAFKA_BROKERS'] as const;
  const given = variables.map((variable) => [variable, process.env[variable]] as const);
  afterEach(() => given.forEach(([variable, value]) => (process.env[variable] = value)));

  it.each([
    ['KEYFOLD_MONGO_URL', () => mongoForTests()],
    ['KEYFOLD_KAFKA_BROKERS', async () => kafkaForTests()],
  ] as const)('fails by naming the three ways to have them when %s is absent', async (variable, ask) => {
    delete process.env[variable];
    await expect(ask()).rejects.toThrow(new RegExp(`^${variable} is not set. There are three ways[^]*1\\.[^]*2\\.[^]*3\\.`));
  });
});
