import { isMarker, PARTITIONS, partitionOf, progressOf } from './cloudevents.js';
import { serviceOf } from './events.js';
import { inLanes } from './lanes.js';
import type { ReceivedBatch } from './ports.js';
import type { Subscriber, SubscriberTools } from './projector.js';
import { type Incoming, incomingOfCommit, incomingOfMessage } from './subscription.js';

const REPAIR_BATCH = 500;
/** Subscribers that a batch is handed to at the same time, unless all of them have it: most move a mark alone, and share a flush so. */
const LANES = 4;

interface DeliveryTools extends SubscriberTools {
  readonly completeness?: Completeness;
  readonly partitions?: number;
  /** As ProjectionStore.sharesUpTo: events of a batch up to which all subscribers have it at the same time. */
  readonly sharesUpTo?: number;
}

/**
 * Up to when the events of a topic have been handled, as far as this process has had its partitions: those of other members of the group are not in it,
 * and one that has gone to another member stands still.
 */
export class Completeness {
  private readonly topics = new Map<string, Map<number, string>>();

  /** Everything on the partition that was recorded before `recordedAt` has been handled. */
  handled(topic: string, partition: number, recordedAt: string): void {
    const partitions = this.topics.get(topic) ?? new Map<number, string>();
    const known = partitions.get(partition);
    if (known === undefined || recordedAt > known) partitions.set(partition, recordedAt); // a topic made anew tells old times again
    this.topics.set(topic, partitions);
  }

  /** Everything recorded before this time has been handled, RFC 3339 in UTC; null when nothing of the topic has come. */
  upTo(topic: string): string | null {
    return [...(this.topics.get(topic)?.values() ?? [])].sort()[0] ?? null;
  }
}

/**
 * Hands a partition batch to every subscriber of a service, several at a time: to the read models, and when they have it to the policies and processes, so that what these command finds
 * the read models as the events have left them. The offset may move when this resolves (G7), with the note that it resolves with: the position up to
 * which everything of the partition has been handed over.
 *
 * The note travels with the offset, so a member that takes a partition over knows exactly as much as the one before; where it is gone (the offsets were moved by
 * hand) nothing counts as handed over. A message whose predecessor lies beyond it tells that messages were lost: they are fetched from the owner's log, handed over
 * first, and dropped by the marks of those who have them. A topic made anew begins with positions that are known, which is no loss, and messages of before they
 * told their predecessor say nothing. A hole inside a commit is a hole in its stream, and found by its version.
 */
export async function deliver(
  batch: ReceivedBatch,
  subscribers: readonly Subscriber[],
  tools: DeliveryTools,
): Promise<string> {
  const partition = `${batch.topic}/${batch.partition}`;
  const handOver = async (events: readonly Incoming[]): Promise<void> => {
    const apply = async (subscriber: Subscriber): Promise<void> => {
      await subscriber.apply(partition, events);
      await batch.ensureOwned();
    };
    const [models, others] = [subscribers.filter(({ isReadModel }) => isReadModel), subscribers.filter(({ isReadModel }) => !isReadModel)];
    const lanes = events.length <= (tools.sharesUpTo ?? 0) ? subscribers.length : LANES;
    await inLanes(models, lanes, apply);
    await inLanes(others, lanes, apply);
  };
  let upTo = /^\d+$/.test(batch.note) ? Number(batch.note) : 0;
  let recordedAt: string | null = null;
  let events: Incoming[] = [];
  for (const message of batch.messages) {
    const progress = progressOf(message);
    if (progress) {
      if (progress.previous > upTo) {
        await handOver(events);
        events = [];
        await repair(batch, { after: upTo, upTo: progress.previous }, handOver, tools);
      }
      upTo = Math.max(upTo, progress.upTo);
      recordedAt = progress.recordedAt;
    }
    if (isMarker(message)) continue;
    const incoming = incomingOfMessage(serviceOf(batch.topic), message, tools.registry);
    if (incoming) events.push(incoming);
    else
      tools.log.error('message without a readable envelope left out', {
        topic: batch.topic,
        partition: batch.partition,
        offset: message.offset,
      });
  }
  if (events.length > 0) await handOver(events);
  if (recordedAt !== null) tools.completeness?.handled(batch.topic, batch.partition, recordedAt);
  return String(upTo);
}

/** Throws when the owner's feed does not reach that far yet: the batch comes again. */
async function repair(
  batch: ReceivedBatch,
  hole: { readonly after: number; readonly upTo: number },
  handOver: (events: readonly Incoming[]) => Promise<void>,
  { feeds, registry, clock, log, metrics, audit, partitions = PARTITIONS }: DeliveryTools,
): Promise<void> {
  const service = serviceOf(batch.topic);
  const subject = `${batch.topic}/${batch.partition}`;
  log.warn('messages are missing on the topic, fetching them from the feed', { partition: subject, ...hole });
  metrics?.count('partition_gaps_total', { topic: batch.topic });
  let commits = 0;
  for (let position = hole.after; position < hole.upTo;) {
    const page = await feeds.after(service, position, REPAIR_BATCH);
    if (page.length === 0) throw new Error(`${subject}: the feed of ${service} has nothing after position ${position} yet`);
    const missing = page.filter(
      (commit) => commit.position <= hole.upTo && partitionOf(commit.partitionKey, partitions) === batch.partition,
    );
    if (missing.length > 0) await handOver(missing.flatMap((commit) => incomingOfCommit(service, commit, registry)));
    commits += missing.length;
    position = page.at(-1)!.position;
    await batch.ensureOwned();
  }
  await audit?.write({
    at: clock.now().toISOString(),
    actor: 'subscription',
    action: 'gap-repaired',
    subject,
    details: { ...hole, commits },
  });
}
