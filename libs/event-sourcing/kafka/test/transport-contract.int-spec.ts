import { topicOf } from '@keyfold/event-sourcing';
import { transportContract } from '@keyfold/event-sourcing/testing';
import { freshTopics } from './support.js';

transportContract('Kafka', async () => {
  const cluster = await freshTopics(['accounts', 'opportunities']);
  return { transport: cluster.transport(), topics: [topicOf('accounts'), topicOf('opportunities')], close: () => cluster.close() };
});
