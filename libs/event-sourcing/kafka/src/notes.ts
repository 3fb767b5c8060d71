import { type KafkaSettings, withAdmin } from './client.js';

/** What a group has noted with the offsets of its partitions (as offset metadata), as this member knows it between two rebalances. */
export class Notes {
  private known: Promise<Map<string, string>> | null = null;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly group: string,
    private readonly topics: readonly string[],
  ) {}

  /** Another member may have had the partitions since. */
  forget(): void {
    this.known = null;
  }

  /** '' when there is none: the group has never committed an offset of the partition, or somebody else has. */
  async of(topic: string, partition: number): Promise<string> {
    const known = (this.known ??= this.fetch());
    try {
      return (await known).get(`${topic}/${partition}`) ?? '';
    } catch (error) {
      if (this.known === known) this.forget();
      throw error;
    }
  }

  /** Never older than the offset from which kafkajs fetches: it asks for that first. A note that is further on is as true. */
  private fetch(): Promise<Map<string, string>> {
    return withAdmin(this.settings, async (admin) => {
      const committed = await admin.fetchOffsets({ groupId: this.group, topics: [...this.topics] });
      return new Map(
        committed.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, metadata }) => [`${topic}/${partition}`, metadata ?? ''] as const),
        ),
      );
    });
  }
}
