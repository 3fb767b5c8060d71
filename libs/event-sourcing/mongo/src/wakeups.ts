import { Bell, type Clock, type Logger } from '@keyfold/event-sourcing';
import { mongo } from 'mongoose';
import { DURABLE, READ_MS, within } from './connection.js';
import { LEASES } from './lease-document.js';

/** How long the server holds an empty answer back, and so how long closing may take. */
const AWAIT_MS = 300;
const FIRST_BACK_OFF_MS = 100;
const RING_PAUSE_MS = 10;
const UNFLUSHED = { w: 1, journal: false } as const;
const LONGEST_BACK_OFF_MS = 10_000;

interface BellDocument {
  readonly _id: string;
  readonly rings: number;
  /** Whose erasure was spread last. */
  readonly person?: string;
}

type Change = {
  readonly documentKey: { readonly _id: string };
  readonly updateDescription?: { readonly updatedFields: { readonly person?: string } };
};

/**
 * Tells waiting loops of this process that something was appended or numbered: at once for its own writes, over one change stream for the appends of other processes.
 * A process that does not number itself rings a bell there, once for however many appends: a change per commit would cost more than the commit.
 * That something was numbered concerns the relay alone, which works where the sequencer does.
 * Only wake-ups: whoever is woken looks at the log, and everybody also looks by himself from time to time.
 * The same stream spreads erasures: what a process cannot have heard while it was deaf it takes for everything.
 */
export class Wakeups {
  readonly appended = new Bell();
  readonly numbered = new Bell();
  /** Whether the sequencer works in this process, so that nobody else need know of its appends. */
  sequencing = false;
  private announced = 0;
  private readonly bells: mongo.Collection<BellDocument>;
  private readonly bellId: string;
  private readonly erasuresId: string;
  private readonly forgetters = new Set<(personId: string | null) => void>();
  private ringing: Promise<void> | null = null;
  private ringAgain = false;
  private stream: mongo.ChangeStream<BellDocument, Change> | null = null;
  private running: Promise<void> | null = null;
  private readonly over = new AbortController();

  constructor(
    db: mongo.Db,
    private readonly service: string,
    private readonly clock: Clock,
    private readonly log: Logger,
  ) {
    this.bells = db.collection(LEASES);
    this.bellId = `${service}/bell`;
    this.erasuresId = `${service}/erasures`;
  }

  /** The highest position that the sequencer of this process has given. */
  get numberedUpTo(): number {
    return this.announced;
  }

  wasNumbered(position: number): void {
    this.announced = Math.max(this.announced, position);
    this.numbered.ring();
  }

  /** Nobody waits for the ring to arrive: the sequencer would find the commits by itself. */
  wasAppended(): void {
    this.appended.ring();
    if (this.sequencing || this.over.signal.aborted) return;
    this.ringAgain = true;
    this.ringing ??= this.ring();
  }

  /** Begins to listen to other processes; idempotent. */
  listen(): void {
    if (!this.over.signal.aborted) this.running ??= this.run();
  }

  /** Every process of the service that listens calls its `onErasure`. Throws Unavailable. */
  async spreadErasure(personId: string): Promise<void> {
    const spread = this.bells.updateOne({ _id: this.erasuresId }, { $set: { person: personId }, $inc: { rings: 1 } }, { upsert: true, writeConcern: DURABLE });
    await within(this.clock, 'the bell', READ_MS, spread);
  }

  /** Listens to erasures, of this process and of others: `forget` drops what is held of a person, or of everybody when it is not known of whom (null). */
  onErasure(forget: (personId: string | null) => void): void {
    this.forgetters.add(forget);
    this.listen();
  }

  async close(): Promise<void> {
    this.over.abort();
    await this.stream?.close().catch(() => undefined);
    await this.running;
    await this.ringing;
  }

  /**
   * The first ring is heard at once: durable, because a change stream shows nothing else, and a write that waits for the journal makes the server flush it.
   * Those of a busy time share one after a while. It waits for no flush, which would make the next append wait twice: that append's own flush takes it along.
   * A busy time ends with a ring that is durable.
   */
  private async ring(): Promise<void> {
    try {
      for (let flushed = true, heard = false; this.ringAgain || !heard; flushed = !this.ringAgain) {
        this.ringAgain = false;
        const rung = this.bells.updateOne({ _id: this.bellId }, { $inc: { rings: 1 } }, { upsert: true, writeConcern: flushed ? DURABLE : UNFLUSHED });
        await within(this.clock, 'the bell', READ_MS, rung).catch(() => undefined);
        heard = flushed;
        await this.clock.wait(RING_PAUSE_MS, this.over.signal);
      }
    } finally {
      this.ringing = null; // in the same step as the last look: who appends from here on rings anew
    }
  }

  private async run(): Promise<void> {
    let failures = 0;
    while (!this.over.signal.aborted)
      try {
        this.stream = this.open();
        // Answered once the stream is open: from there on nothing is missed.
        const first = await this.stream.tryNext();
        this.forget(null);
        if (first) this.hear(first);
        for (;;) {
          this.hear(await this.stream.next());
          failures = 0;
        }
      } catch (error) {
        await this.stream?.close().catch(() => undefined);
        if (this.over.signal.aborted || error instanceof mongo.MongoClientClosedError) return;
        if (failures === 0) this.log.warn('change stream lost; polling until it is back', { service: this.service, error: String(error) });
        failures += 1;
        await this.clock.wait(Math.min(FIRST_BACK_OFF_MS * 2 ** failures, LONGEST_BACK_OFF_MS), this.over.signal);
      }
  }

  private hear({ documentKey, updateDescription }: Change): void {
    if (documentKey._id === this.bellId) this.appended.ring();
    else this.forget(updateDescription?.updatedFields.person ?? null); // null: the first of all, or the same person again
  }

  private forget(personId: string | null): void {
    for (const forget of this.forgetters) forget(personId);
  }

  private open(): mongo.ChangeStream<BellDocument, Change> {
    const rung = { 'documentKey._id': { $in: [this.bellId, this.erasuresId] } };
    const pipeline = [{ $match: rung }, { $project: { documentKey: 1, 'updateDescription.updatedFields.person': 1 } }];
    return this.bells.watch<BellDocument, Change>(pipeline, { maxAwaitTimeMS: AWAIT_MS });
  }
}
