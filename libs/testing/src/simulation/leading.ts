import type {
  Bell,
  LastCommit,
  Lease,
  Leases,
  NumberingLog,
  NumberingTerm,
  RelayPlace,
  RelayState,
  SequencedCommit,
  StreamVersion,
  Turn,
  UnnumberedCommit,
} from '@keyfold/event-sourcing';
import { COMMITS, LEASES, type SimulatedEventStore, type StoredCommit, toCommit } from './event-store.js';
import type { Reply } from './process.js';

/** One document per service, as in MongoDB: who leads, how far the order and the publishing have got. Every change is conditional on the epoch. */
export interface LeaseDocument extends Turn {
  readonly epoch: number;
  readonly holder: string | null;
  readonly expiresAt: number;
  readonly seenBy: number;
  readonly publishedPosition: number;
  readonly landmarks: RelayPlace['partitions'];
}

const READ_MS = 5_000;
const NEW: LeaseDocument = {
  epoch: 0,
  holder: null,
  expiresAt: 0,
  seenBy: 0,
  assigned: 0,
  redo: null,
  recordedAt: new Date(0),
  publishedPosition: 0,
  landmarks: new Map(),
};

/** The lease document of a service, over the wire. */
class LeaseOfService {
  constructor(protected readonly store: SimulatedEventStore) {}

  /** Changes the document if it may be changed, durably; null if not. */
  protected update(
    what: string,
    deadlineMs: number,
    change: (lease: LeaseDocument) => Partial<LeaseDocument> | null,
  ): Promise<LeaseDocument | null> {
    return this.ask<LeaseDocument | null>(`${what} of ${this.store.service}`, deadlineMs, (reply) => {
      const lease = this.lease();
      const changed = change(lease);
      if (!changed) return reply.answer(null);
      const document = { ...lease, ...changed };
      this.store.server.whenDurable(this.store.server.write([{ collection: LEASES, id: this.store.service, document }]), reply, document);
    });
  }

  protected ask<T>(what: string, deadlineMs: number, work: (reply: Reply<T>) => void): Promise<T> {
    return this.store.process.request<T>(what, deadlineMs, (reply) => this.store.server.serve(reply, () => work(reply)));
  }

  protected lease(): LeaseDocument {
    return this.store.server.local<LeaseDocument>(LEASES).get(this.store.service) ?? NEW;
  }
}

/** Judged by the clock of the server. */
export class SimulatedLeases extends LeaseOfService implements Leases {
  async acquire(_service: string, holder: string, ttlMs: number): Promise<number | null> {
    const now = (): number => this.store.server.clock.getTime();
    const taken = await this.update('take the lease', READ_MS, ({ epoch, expiresAt }) =>
      expiresAt > now() ? null : { epoch: epoch + 1, holder, expiresAt: now() + ttlMs },
    );
    return taken?.epoch ?? null;
  }

  async renew(lease: Lease, ttlMs: number, withinMs: number): Promise<boolean> {
    const renewed = await this.update('renew the lease', withinMs, ({ epoch }) =>
      epoch === lease.epoch ? { expiresAt: this.store.server.clock.getTime() + ttlMs } : null,
    );
    return renewed !== null;
  }

  async release(lease: Lease): Promise<void> {
    await this.update('release the lease', READ_MS, ({ epoch, holder }) =>
      epoch === lease.epoch && holder === lease.holder ? { expiresAt: 0, holder: null } : null,
    );
  }
}

export class SimulatedRelayState extends LeaseOfService implements RelayState {
  constructor(
    store: SimulatedEventStore,
    readonly epoch: number,
  ) {
    super(store);
  }

  load(): Promise<RelayPlace> {
    return this.ask('how far the relay is', READ_MS, (reply) => {
      const { publishedPosition, landmarks } = this.store.server.durable<LeaseDocument>(LEASES).get(this.store.service) ?? NEW;
      reply.answer({ position: publishedPosition, partitions: landmarks });
    });
  }

  async save({ position, partitions }: RelayPlace): Promise<boolean> {
    const saved = await this.update(`published up to ${position}`, READ_MS, ({ epoch }) =>
      epoch === this.epoch ? { publishedPosition: position, landmarks: partitions } : null,
    );
    return saved !== null;
  }

  async quietUntil(position: number): Promise<string | null> {
    const lease = await this.update('quiet', READ_MS, ({ epoch, assigned, recordedAt }) =>
      epoch === this.epoch && assigned === position
        ? { recordedAt: new Date(Math.max(recordedAt.getTime(), this.store.server.clock.getTime())) }
        : null,
    );
    return lease?.recordedAt.toISOString() ?? null;
  }
}

export class SimulatedNumbering implements NumberingLog {
  readonly service: string;
  readonly appended: Bell;

  constructor(private readonly store: SimulatedEventStore) {
    this.service = store.service;
    this.appended = store.appended;
  }

  numbersHere(): void {}

  begin(epoch: number): NumberingTerm {
    return new SimulatedNumberingTerm(this.store, epoch);
  }
}

class SimulatedNumberingTerm extends LeaseOfService implements NumberingTerm {
  constructor(
    store: SimulatedEventStore,
    private readonly epoch: number,
  ) {
    super(store);
  }

  recover(): Promise<Turn | null> {
    return this.update('recover the turn', READ_MS, ({ epoch }) => (epoch === this.epoch ? { seenBy: this.epoch } : null));
  }

  scan(limit: number): Promise<UnnumberedCommit[]> {
    return this.ask(`scan ${this.store.service}`, READ_MS, (reply) => {
      const { server, process } = this.store;
      const unnumbered = [...server.durable<StoredCommit>(COMMITS).values()].filter((commit) => commit.position === null);
      // The order of arrival is another one on a new primary.
      const order = process.world.random.chance(0.2) ? process.world.random.shuffled(unnumbered) : unnumbered;
      reply.answer(order.slice(0, limit)); // every write of the term was durable before it was answered, so a majority read sees them all
    });
  }

  lastCommitsBefore(pairs: readonly StreamVersion[]): Promise<LastCommit[]> {
    return this.store.lastCommitsBefore(pairs);
  }

  give(turn: Turn, commitIds: readonly string[]): Promise<Turn | null> {
    return this.update(`give ${turn.assigned + 1}-${turn.assigned + commitIds.length}`, READ_MS, ({ epoch, assigned, recordedAt }) =>
      epoch !== this.epoch || assigned !== turn.assigned
        ? null
        : {
            assigned: assigned + commitIds.length,
            redo: { from: assigned, commitIds },
            recordedAt: new Date(Math.max(recordedAt.getTime(), this.store.server.clock.getTime())),
          },
    );
  }

  /** One update after the other, in whatever order: a failover in between leaves a part of them. */
  async writeOut({ redo, recordedAt }: Turn): Promise<void> {
    const { server, process } = this.store;
    await this.ask<void>(`number ${redo!.from + 1}-${redo!.from + redo!.commitIds.length}`, READ_MS, (reply) => {
      const updates = process.world.random.shuffled([...redo!.commitIds.entries()]);
      const next = (): void =>
        server.serve(reply, () => {
          const update = updates.pop();
          if (!update) return server.whenDurable(server.lastWrite, reply, undefined);
          const [i, id] = update;
          const found = server.local<StoredCommit>(COMMITS).get(id);
          const numbered = found && { ...found, position: redo!.from + i + 1, recordedAt };
          if (numbered && !server.keysFree(COMMITS, id, numbered)) return reply.fail(new Error(`position ${numbered.position} is taken`));
          if (numbered && found.position === null) server.write([{ collection: COMMITS, id, document: numbered }]);
          process.world.after(process.world.random.between(0, 0.3), '', next);
        });
      next();
    });
    if (process.world.random.chance(0.7)) this.handOver({ redo, recordedAt }); // not where the scan was too large
    this.store.numbered.ring();
  }

  private handOver({ redo, recordedAt }: Pick<Turn, 'redo' | 'recordedAt'>): void {
    const commits = redo!.commitIds.flatMap((id) => this.store.server.durable<StoredCommit>(COMMITS).get(id) ?? []);
    this.store.justNumbered = commits.map((stored, i) => toCommit({ ...stored, position: redo!.from + i + 1, recordedAt }) as SequencedCommit);
  }

  async end(): Promise<void> {}
}
