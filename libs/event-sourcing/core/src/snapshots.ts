import { Batcher } from './batcher.js';
import type { Decider } from './decider.js';
import type { Commit, DomainEvent, EventSpec } from './events.js';
import { type EventStore, type Ids, type Metrics, noMetrics, type Snapshot, type SnapshotStore } from './ports.js';

/** A state and the commit that it stands on. */
export interface Standing<State> {
  readonly state: State;
  readonly version: number;
  readonly tip: Pick<Commit, 'commitId' | 'expectedVersion'>;
}

/** A snapshot that holds, and what the log has beyond it; without one all that the log has. */
export interface Start<State> {
  readonly start: (Standing<State> & { readonly partitionKey: string }) | null;
  readonly beyond: readonly Commit[];
}

/** Commits: more than lie behind the last snapshot of a stream, unless its state is large. */
const TAIL = 32;
const BATCH = 32;
const WAITING = 64;
const LARGEST_STATE = 1_000_000;

/**
 * Snapshots of long streams: a cache beside the log, never a part of it.
 * Read: one counts only if its shape is that of this code, its checksum is right and the log holds the very commit that it stands on. So an older fold, a damaged text and
 * a log that was restored from before it are all the same as no snapshot.
 * Written: behind the command, which waits for nothing and hears of no failure; beyond the bound of what may wait, one is left out and the next will do.
 */
export class Snapshots {
  private readonly shapes = new WeakMap<object, string>();
  private readonly writes: Batcher<() => Snapshot | null, void>;

  constructor(
    private readonly snapshots: SnapshotStore,
    private readonly events: EventStore,
    private readonly tools: { ids: Ids; metrics?: Metrics },
  ) {
    this.writes = new Batcher({ name: 'snapshots', maxBatch: BATCH, maxWaiting: WAITING, run: (made) => this.write(made.flatMap((make) => make() ?? [])).then(() => []) });
  }

  /** Where a fold of the stream begins. One look at its snapshot and at its end at the same time is enough for every short stream, and for most others. */
  async startOf<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Start<State>> {
    const [snapshot, tail] = await Promise.all([this.sound(decider, streamId), this.events.tail(streamId, TAIL)]);
    const isWhole = tail.length < TAIL;
    const found = snapshot && this.standing<State>(snapshot, isWhole ? tail : await this.from(snapshot, tail));
    return found ?? { start: null, beyond: isWhole ? tail : await this.events.load(streamId) };
  }

  /** The commits from that of the snapshot on: it may lie before the end that was read, or beyond it, where it was written a moment later. */
  private from({ streamId, tip }: Snapshot, tail: readonly Commit[]): readonly Commit[] | Promise<readonly Commit[]> {
    const isInTail = tail[0]!.expectedVersion <= tip.expectedVersion && tip.expectedVersion <= tail.at(-1)!.expectedVersion;
    return isInTail ? tail : this.events.load(streamId, tip.expectedVersion);
  }

  private standing<State>({ tip, version, state }: Snapshot, commits: readonly Commit[]): Start<State> | null {
    const at = commits.findIndex(({ commitId }) => commitId === tip.commitId);
    this.count('snapshots_read_total', at < 0 ? 'not-of-this-log' : 'used');
    return at < 0 ? null : { start: { state: JSON.parse(state) as State, version, tip, partitionKey: commits[at]!.partitionKey }, beyond: commits.slice(at + 1) };
  }

  private async sound<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Snapshot | null> {
    const found = await this.snapshots.load(streamId, this.shapeOf(decider)).catch(() => null);
    if (found && found.checksum === this.checksum(found)) return found;
    this.count('snapshots_read_total', found ? 'damaged' : 'missing');
    return null;
  }

  /** Keeps a state of plain JSON some time soon, or does not. */
  offer<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string, { state, version, tip }: Standing<State>): void {
    const make = (): Snapshot | null => {
      const text = JSON.stringify(state);
      if (text.length > LARGEST_STATE) return null;
      const { commitId, expectedVersion } = tip;
      const snapshot = { streamId, shape: this.shapeOf(decider), version, tip: { commitId, expectedVersion }, state: text };
      return { ...snapshot, checksum: this.checksum(snapshot) };
    };
    this.writes.add(make).catch(() => this.count('snapshots_written_total', 'left-out'));
  }

  private async write(snapshots: readonly Snapshot[]): Promise<void> {
    if (snapshots.length > 0) await this.snapshots.save(snapshots);
    this.count('snapshots_written_total', 'written', snapshots.length);
  }

  /** All that a state follows from but the events. Two processes of the same code have the same shape; any other one may fold otherwise. */
  private shapeOf<State, E extends DomainEvent>(decider: Decider<State, E>): string {
    const known = this.shapes.get(decider);
    if (known !== undefined) return known;
    const { contract, initial, evolve, snapshotVersion } = decider;
    const events = Object.entries<Pick<EventSpec, 'version' | 'upcast'>>(contract.events).map(([type, { version, upcast }]) => [type, version, upcast?.steps.map(String)]);
    const shape = this.tools.ids.derive('shape', String(snapshotVersion), JSON.stringify(initial ?? null), String(evolve), JSON.stringify(events));
    this.shapes.set(decider, shape);
    return shape;
  }

  private checksum({ streamId, shape, version, tip, state }: Omit<Snapshot, 'checksum'>): string {
    return this.tools.ids.derive('snapshot', streamId, shape, String(version), tip.commitId, String(tip.expectedVersion), state);
  }

  private count(name: string, outcome: string, by = 1): void {
    (this.tools.metrics ?? noMetrics).count(name, { outcome }, by);
  }
}
