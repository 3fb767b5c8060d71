// The MongoDB and Kafka of a measurement.

/** As `startServers` of infra/native, with a cache of 2 GB for MongoDB: servers for development have a quarter of it, in which the data of 100 000 accounts finds no room. */
export async function startMeasuredServers({ dir, log }) {
  const { startServers } = await import('../../native/services.mjs');
  return startServers({ dir, log, mongoArgs: ['--wiredTigerEngineConfigString', 'cache_size=2G'] });
}
