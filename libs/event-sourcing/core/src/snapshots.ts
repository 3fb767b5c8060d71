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

/** A snapshot that holds, and what the log has beyond it. */
export interface Start<State> extends Standing<State> {
  readonly partitionKey: string;
  readonly beyond: readonly Commit[];
}

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

  /** Where a fold of the stream may begin; null: at its beginning. */
  async find<State, E extends DomainEvent>(decider: Decider<State, E>, streamId: string): Promise<Start<State> | null> {
    const shape = this.shapeOf(decider);
    const found = await this.snapshots.load(streamId, shape).catch(() => null);
    if (!found) return this.used('missing');
    if (found.checksum !== this.checksum(found)) return this.used('damaged');
    const [tip, ...beyond] = await this.events.load(streamId, found.tip.expectedVersion);
    if (tip?.commitId !== found.tip.commitId) return this.used('not-of-this-log');
    this.used('used');
    return { state: JSON.parse(found.state) as State, version: found.version, tip: found.tip, partitionKey: tip.partitionKey, beyond };
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

  private used(outcome: 'used' | 'missing' | 'damaged' | 'not-of-this-log'): null {
    this.count('snapshots_read_total', outcome);
    return null;
  }

  private count(name: string, outcome: string, by = 1): void {
    (this.tools.metrics ?? noMetrics).count(name, { outcome }, by);
  }
}
