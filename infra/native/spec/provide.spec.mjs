import { describe, expect, it } from '@jest/globals';
import { provide } from '../provide.mjs';

const BOTH = { mongoUrl: 'mongodb://started', kafkaBrokers: 'started:9092' };
const MONGO = { KEYFOLD_MONGO_URL: 'mongodb://given' };
const KAFKA = { KEYFOLD_KAFKA_BROKERS: 'given:9092' };

const gives =
  (asked = []) =>
  async (missing) => {
    asked.push({ mongo: missing.mongo, kafka: missing.kafka });
    return {
      mongoUrl: missing.mongo ? BOTH.mongoUrl : undefined,
      kafkaBrokers: missing.kafka ? BOTH.kafkaBrokers : undefined,
      stop: async () => asked.push('stopped'),
    };
  };
const fails = (reason) => async () => {
  throw new Error(reason);
};
const unused = fails('must not be asked');

describe('provide', () => {
  it('takes what is given and starts nothing', async () => {
    const servers = await provide({ env: { ...MONGO, ...KAFKA }, ways: { containers: unused, native: unused } });
    expect(servers).toMatchObject({ mongoUrl: 'mongodb://given', kafkaBrokers: 'given:9092', how: 'given' });
    await servers.stop();
  });

  it.each([
    [MONGO, { mongo: false, kafka: true }, { mongoUrl: 'mongodb://given', kafkaBrokers: 'started:9092' }],
    [KAFKA, { mongo: true, kafka: false }, { mongoUrl: 'mongodb://started', kafkaBrokers: 'given:9092' }],
    [{}, { mongo: true, kafka: true }, BOTH],
    [{ KEYFOLD_MONGO_URL: '' }, { mongo: true, kafka: true }, BOTH],
  ])('starts what %j does not give, and stops that', async (env, missing, addresses) => {
    const asked = [];
    const servers = await provide({ env, ways: { containers: gives(asked), native: unused } });
    await servers.stop();
    expect(servers).toMatchObject({ ...addresses, how: 'testcontainers' });
    expect(asked).toEqual([missing, 'stopped']);
  });

  it('goes native where containers are not possible, and says why', async () => {
    const lines = [];
    const servers = await provide({ env: {}, log: (line) => lines.push(line), ways: { containers: fails('no daemon'), native: gives() } });
    expect(servers).toMatchObject({ ...BOTH, how: 'native' });
    expect(lines).toEqual(['no containers (no daemon): starting native servers']);
  });

  it('names the three ways and what stands in each, where none is possible', async () => {
    const failing = provide({ env: MONGO, ways: { containers: fails('no daemon'), native: fails('Maven is needed') } });
    await expect(failing).rejects.toThrow(
      'Kafka cannot be had here. There are three ways:\n  1. given: set KEYFOLD_KAFKA_BROKERS to what runs already (not set now)\n  2. Docker: no daemon\n  3. natively: Maven is needed',
    );
  });
});
