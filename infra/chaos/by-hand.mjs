// Messages that nobody's relay sent: what a broken producer, an operator or another program might put on a topic, and what may vanish from it.
import { toMessages } from '@keyfold/event-sourcing';
import { BY_HAND, kafkaClient, withAdmin } from './observe/topic.mjs';

const PARTITIONS = 24;
const PIECE = 200;

export class ByHand {
  constructor({ broker, prefix }) {
    Object.assign(this, { broker, prefix });
  }

  topic = (service) => `${this.prefix}${service}.events.v1`;

  /** Sends messages `{ partition, key, headers, value }` in the order given, marked as not the relay's. */
  async produce(service, messages) {
    const { Partitioners } = await import('kafkajs').then(({ default: kafkajs }) => kafkajs);
    const producer = kafkaClient(this.broker).producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    try {
      for (let from = 0; from < messages.length; from += PIECE) {
        const piece = messages
          .slice(from, from + PIECE)
          .map((message) => ({ ...message, headers: { ...message.headers, [BY_HAND]: '1' } }));
        await producer.send({ topic: this.topic(service), acks: -1, messages: piece });
      }
    } finally {
      await producer.disconnect();
    }
  }

  /** The messages that the relay would make of commits as the observer reads them, but for what only a relay may say: how far the partition is complete. */
  messagesOf(service, commits) {
    const messages = commits.flatMap(({ recordedAt, ...commit }) =>
      toMessages(service, { ...commit, recordedAt: new Date(recordedAt).toISOString() }, PARTITIONS),
    );
    return messages.map(({ headers: { ce_prevposition: _progress, ...headers }, ...message }) => ({ ...message, headers }));
  }

  /** Moves the committed offsets of a service whose group nobody is in: to the beginning, or to the end. */
  async resetOffsets(reader, service, to) {
    await withAdmin(this.broker, async (admin) => {
      const offsets = await admin.fetchTopicOffsets(this.topic(service));
      const partitions = offsets.map(({ partition, low, high }) => ({ partition, offset: to === 'beginning' ? low : high }));
      await admin.setOffsets({ groupId: await this.#group(admin, reader), topic: this.topic(service), partitions });
    });
  }

  /** Takes away everything that is on some partitions now. Answers how many messages. */
  async deleteRecords(service, partitions) {
    return withAdmin(this.broker, async (admin) => {
      const offsets = (await admin.fetchTopicOffsets(this.topic(service))).filter(
        ({ partition, high, low }) => partitions.includes(partition) && Number(high) > Number(low),
      );
      await admin.deleteTopicRecords({
        topic: this.topic(service),
        partitions: offsets.map(({ partition, high }) => ({ partition, offset: high })),
      });
      return offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
    });
  }

  async deleteTopic(service) {
    await withAdmin(this.broker, (admin) => admin.deleteTopics({ topics: [this.topic(service)] }));
  }

  /** The group of a service. Its name ends with a hash of what the service follows, so it is looked up. */
  group = (service) => withAdmin(this.broker, (admin) => this.#group(admin, service));

  async #group(admin, service) {
    const { groups } = await admin.listGroups();
    const found = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith(`${this.prefix}keyfold.${service}.`));
    if (found.length !== 1) throw new Error(`${service} has ${found.length} consumer groups: ${found.join(', ')}`);
    return found[0];
  }

  /** How many messages a service has not consumed yet. */
  async lag(reader, services) {
    return withAdmin(this.broker, async (admin) => {
      const groupId = await this.#group(admin, reader);
      let lag = 0;
      for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics: services.map(this.topic) })) {
        const done = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
        for (const { partition, high, low } of await admin.fetchTopicOffsets(topic))
          lag += Math.max(0, Number(high) - Math.max(done.get(partition) ?? 0, Number(low)));
      }
      return lag;
    });
  }
}
