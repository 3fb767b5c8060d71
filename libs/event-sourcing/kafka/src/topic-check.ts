import { PARTITIONS } from '@keyfold/event-sourcing';
import kafkajs, { type Admin } from 'kafkajs';
import { type KafkaSettings, withAdmin } from './client.js';
import { Seldom } from './seldom.js';

/** The log lives in the event stores, but a topic keeps all of it too: a new consumer group starts at the beginning. */
export const HISTORY_FOR_EVER = [
  { name: 'retention.ms', value: '-1' },
  { name: 'retention.bytes', value: '-1' },
  { name: 'cleanup.policy', value: 'delete' },
];

const AGAIN_MS = 60_000;

/** A topic is not as the deployment job makes it. The message says what to do. */
export class TopicMisconfigured extends Error {
  override readonly name = 'TopicMisconfigured';
}

/**
 * Whether the topics are as they must be: asked before a topic is used, every minute while it is, and after every failure. Topics are named with their prefix.
 *
 * A topic that is missing or has the wrong partitions is not used: order would be lost. One that forgets is used and reported: a consumer that misses what was
 * forgotten takes it from the owner's feed, while one that waited would come to miss more.
 */
export class TopicCheck {
  private readonly checked = new Map<string, number>();
  private readonly seldom: Seldom;

  constructor(private readonly settings: KafkaSettings) {
    this.seldom = new Seldom(settings.clock);
  }

  /** Throws TopicMisconfigured, and what the cluster throws when it cannot be asked. */
  async admit(topics: readonly string[]): Promise<void> {
    const now = this.settings.clock.now().getTime();
    const due = topics.filter((topic) => now - (this.checked.get(topic) ?? -Infinity) >= AGAIN_MS);
    if (due.length === 0) return;
    await withAdmin(this.settings, async (admin) => {
      for (const topic of due) {
        await this.partitions(admin, topic);
        await this.retention(admin, topic);
        this.checked.set(topic, now);
      }
    });
  }

  /** The next use asks again. */
  forget(topics: readonly string[]): void {
    for (const topic of topics) this.checked.delete(topic);
  }

  private async partitions(admin: Admin, topic: string): Promise<void> {
    try {
      await checkPartitions(admin, topic);
    } catch (error) {
      if (error instanceof TopicMisconfigured) this.report(topic, error);
      throw error;
    }
  }

  private async retention(admin: Admin, topic: string): Promise<void> {
    try {
      await checkRetention(admin, topic, this.settings.brokers);
      this.settings.metrics?.set('topic_misconfigured', 0, { topic });
    } catch (error) {
      if (error instanceof TopicMisconfigured) this.report(topic, error);
      else if (this.seldom.may(`${topic} unread`))
        this.settings.log.warn('cannot read the configuration of a topic', { topic, error: String(error) });
    }
  }

  private report(topic: string, error: TopicMisconfigured): void {
    this.settings.metrics?.set('topic_misconfigured', 1, { topic });
    if (this.seldom.may(error.message)) this.settings.log.error(`${error.message}; commands are not affected`, { topic });
  }
}

export async function checkPartitions(admin: Admin, topic: string): Promise<void> {
  const count = await partitionCount(admin, topic);
  if (count === null)
    throw new TopicMisconfigured(
      `topic ${topic} does not exist: create it with ${PARTITIONS} partitions (the setup job does), its users go on by themselves`,
    );
  if (count !== PARTITIONS)
    throw new TopicMisconfigured(
      `topic ${topic} has ${count} partitions and needs ${PARTITIONS}, or events of one account would lose their order: delete it and let the setup job create it, it is filled again from the event store`,
    );
}

export async function partitionCount(admin: Admin, topic: string): Promise<number | null> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics[0]!.partitions.length;
  } catch (error) {
    if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
    throw error;
  }
}

export async function checkRetention(admin: Admin, topic: string, brokers: readonly string[]): Promise<void> {
  const names = HISTORY_FOR_EVER.map(({ name }) => name);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configNames: names }],
  });
  const actual = new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
  const wrong = HISTORY_FOR_EVER.filter(({ name, value }) => actual.get(name) !== value);
  if (wrong.length === 0) return;
  const has = wrong.map(({ name, value }) => `${name}=${actual.get(name)} and needs ${value}`).join(', ');
  const config = wrong.map(({ name, value }) => `${name}=${value}`).join(',');
  throw new TopicMisconfigured(
    `topic ${topic} has ${has}, or its history would be lost: kafka-configs.sh --bootstrap-server ${brokers.join(',')} --alter --entity-type topics --entity-name ${topic} --add-config ${config}`,
  );
}
