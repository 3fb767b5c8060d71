import type { Consumer, OnBatch } from '@keyfold/event-sourcing';
import type { Consumer as KafkaConsumer } from 'kafkajs';
import { kafkaClient, type KafkaSettings } from './client.js';
import { Notes } from './notes.js';
import { PartitionWorker } from './partition-worker.js';
import { Seldom } from './seldom.js';
import { type TopicCheck, TopicMisconfigured } from './topic-check.js';
import { lagOf } from './topics.js';
import { abortable, within } from './waiting.js';

export interface MemberTuning {
  /** How long the partitions of a killed process stay idle. */
  readonly sessionTimeoutMs: number;
  /** A member that is behind and does nothing for this long, or nothing with a batch that it has in hand, is started again. */
  readonly stallMs: number;
  /** What a batch in progress is given when the member stops. */
  readonly graceMs: number;
  /** Partitions of one member in hand at the same time. */
  readonly concurrency: number;
}

export const DEFAULT_TUNING: MemberTuning = { sessionTimeoutMs: 10_000, stallMs: 20_000, graceMs: 5_000, concurrency: 8 };

/** How long a fetch waits for news on an idle topic; so long a partition may wait that is resumed meanwhile. */
const FETCH_WAIT_MS = 250;
const REBALANCE_TIMEOUT_MS = 30_000;
const LONGEST_BACK_OFF_MS = 5_000;

export interface MemberHealth {
  readonly group: string;
  /** In the group and consuming. */
  readonly running: boolean;
  /** Sessions that could not start, or ended without being asked to. */
  readonly restarts: number;
}

/**
 * One member of a consumer group for as long as the process lives. kafkajs's own restart is off: it gives up on some errors, and stalls on others in silence.
 * A session that crashes, stalls or cannot start is ended and a new one begun after a back-off, for ever.
 */
export class GroupMember implements Consumer {
  private readonly stopping = new AbortController();
  private readonly life: Promise<void>;
  private readonly notes: Notes;
  private assignment: Readonly<Record<string, readonly number[]>> = {};
  private running = false;
  private restarts = 0;

  constructor(
    private readonly settings: KafkaSettings,
    private readonly options: {
      group: string;
      topics: readonly string[];
      tuning: MemberTuning;
      check: TopicCheck;
      onBatch: OnBatch;
    },
  ) {
    this.notes = new Notes(settings, options.group, options.topics);
    this.life = this.live();
  }

  get health(): MemberHealth {
    return { group: this.options.group, running: this.running, restarts: this.restarts };
  }

  /** Leaves the group. A batch in progress has the grace to finish; otherwise another member gets it again. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await within(this.settings.clock, 3 * this.options.tuning.graceMs, this.life);
  }

  private async live(): Promise<void> {
    const { clock, log } = this.settings;
    const { group, topics, tuning, check, onBatch } = this.options;
    const { notes } = this;
    const seldom = new Seldom(clock);
    let failures = 0;
    while (!this.stopping.signal.aborted) {
      const worker = new PartitionWorker(this.settings, { group, concurrency: tuning.concurrency, notes, onBatch });
      try {
        await abortable(check.admit(topics), this.stopping.signal);
        await this.session(worker);
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        check.forget(topics);
        failures = worker.progress > 0 ? 1 : failures + 1;
        this.restarts += 1;
        const waitMs = Math.min(250 * 2 ** (failures - 1), LONGEST_BACK_OFF_MS);
        if (seldom.may(String(error)))
          log.warn('not consuming from Kafka, will try again', { group, topics, waitMs, error: String(error) });
        await clock.wait(waitMs, this.stopping.signal);
      }
    }
  }

  /** From joining the group to leaving it. Returns when asked to stop, throws why it ended otherwise. */
  private async session(worker: PartitionWorker): Promise<void> {
    const consumer = this.newConsumer();
    const crash = new AbortController();
    const over = AbortSignal.any([this.stopping.signal, crash.signal]);
    consumer.on(consumer.events.CRASH, ({ payload }) => crash.abort(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => this.joined(payload.memberAssignment, worker));
    try {
      // Never interrupted: a kafkajs consumer that is disconnected while it joins may join afterwards and live on. Its own time-outs bound it.
      await this.join(consumer, worker);
      this.running = !over.aborted;
      if (this.running) this.settings.log.info('consuming from Kafka', { group: this.options.group, topics: this.options.topics });
      await abortable(this.watch(worker, over), over);
    } finally {
      this.running = false;
      await this.leave(consumer, worker);
    }
  }

  private joined(assignment: Readonly<Record<string, readonly number[]>>, worker: PartitionWorker): void {
    this.assignment = assignment;
    this.notes.forget();
    worker.assigned(assignment);
  }

  private newConsumer(): KafkaConsumer {
    const { sessionTimeoutMs } = this.options.tuning;
    return kafkaClient(this.settings).consumer({
      groupId: this.options.group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: sessionTimeoutMs / 3,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      minBytes: 1,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: 1024 * 1024,
      maxBytes: 10 * 1024 * 1024,
      allowAutoTopicCreation: false,
      retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) },
    });
  }

  private async join(consumer: KafkaConsumer, worker: PartitionWorker): Promise<void> {
    await consumer.connect();
    // From the beginning also after an offset out of range: repeated events are dropped, skipped ones would be missed.
    await consumer.subscribe({ topics: [...this.options.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: worker.eachBatch,
    });
  }

  private async leave(consumer: KafkaConsumer, worker: PartitionWorker): Promise<void> {
    const { clock } = this.settings;
    const { graceMs } = this.options.tuning;
    await within(clock, graceMs, worker.finish());
    worker.abandon();
    // Whatever has not ended by then: a consumer that is not told to leave keeps its partitions for ever.
    await within(clock, graceMs, consumer.disconnect().catch(() => undefined));
  }

  /** Throws when a batch stands still, or when the member was behind on one look and has done nothing up to the next. */
  private async watch(worker: PartitionWorker, over: AbortSignal): Promise<never> {
    let seen = -1;
    let behind = false;
    for (;;) {
      await this.settings.clock.wait(this.options.tuning.stallMs, over);
      over.throwIfAborted();
      await this.checkTopics();
      const still = worker.standingStill();
      if (still.length > 0) throw new Error(`nothing was done for ${this.options.tuning.stallMs} ms with the batch in hand of ${still.join(', ')}`);
      if (worker.progress !== seen) {
        seen = worker.progress;
        behind = false;
      } else if (behind) throw new Error(`no progress for ${this.options.tuning.stallMs} ms though there are messages`);
      else behind = await this.isBehind();
    }
  }

  private async checkTopics(): Promise<void> {
    try {
      await this.options.check.admit(this.options.topics);
    } catch (error) {
      if (error instanceof TopicMisconfigured) throw error; // otherwise the fetches meet the same outage
    }
  }

  private async isBehind(): Promise<boolean> {
    try {
      const lag = await lagOf(this.settings, this.options.group, this.options.topics);
      return lag.some(({ topic, partition }) => this.assignment[topic]?.includes(partition));
    } catch {
      return false; // the fetches meet the same outage, and end the session if it lasts
    }
  }
}
