import type { EventRegistry } from './events.js';
import type { AuditLog, Clock, DeadLetter, Feeds, Logger, Marks, Metrics } from './ports.js';
import { gapless, type Incoming } from './subscription.js';

/** Counts what became of an append of so many commits. */
export async function countedAppend(metrics: Metrics | undefined, service: string, commits: number, append: () => Promise<unknown>): Promise<void> {
  try {
    await append();
    metrics?.count('event_store_appends_total', { service, outcome: 'stored' }, commits);
  } catch (error) {
    metrics?.count('event_store_appends_total', { service, outcome: OUTCOMES[(error as Error).name] ?? 'failed' });
    throw error;
  }
}

const OUTCOMES: Readonly<Record<string, string>> = { WrongExpectedVersion: 'conflict', CommandAlreadyAppended: 'repeated', CommitTooLarge: 'too-large', Unavailable: 'unavailable' };

/** What a subscriber works with. Without metrics and audit log it works all the same, unseen. */
export interface SubscriberTools {
  readonly registry: EventRegistry;
  readonly feeds: Feeds;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics?: Metrics;
  readonly audit?: AuditLog;
}

/** What of a batch is new and gapless (see `gapless`); a gap that had to be repaired leaves a trace. */
export async function withoutGaps(projection: string, incoming: readonly Incoming[], marks: ReadonlyMap<string, Marks>, tools: SubscriberTools): Promise<Incoming[]> {
  const gaps: { streamId: string; after: number }[] = [];
  const fresh = await gapless(incoming, marks, tools, (streamId, after) => {
    tools.log.warn('gap in a stream, repairing it from the feed', { projection, streamId, after });
    gaps.push({ streamId, after });
  });
  for (const { streamId, after } of gaps) {
    tools.metrics?.count('gaps_repaired_total', { projection });
    await tools.audit?.write({ at: tools.clock.now().toISOString(), actor: 'subscription', action: 'gap-repaired', subject: streamId, details: { projection, after } });
  }
  return fresh;
}

/** Counts what was written, and leaves a trace of each queue that was begun; those that join one are in the dead letters alone. */
export async function report(projection: string, applied: number, parked: readonly DeadLetter[], tools: SubscriberTools): Promise<void> {
  if (applied > 0) tools.metrics?.count('events_applied_total', { projection }, applied);
  if (parked.length > 0) tools.metrics?.count('events_parked_total', { projection }, parked.length);
  for (const { streamId, version, kind, cause, parkedAt } of parked) {
    if (kind === 'queued') continue;
    tools.log.error('event parked', { projection, streamId, version, cause });
    await tools.audit?.write({ at: parkedAt, actor: 'subscription', action: 'event-parked', subject: `${streamId}@${version}`, details: { projection, kind, cause } });
  }
}
