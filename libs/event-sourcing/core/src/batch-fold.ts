import { isOutage, isParked, letterOf, type Obstacle, obstacleOf, QUEUED } from './dead-letters.js';
import type { EventRegistry } from './events.js';
import type { BatchWrite, Clock, DeadLetter, Marks } from './ports.js';
import type { Projection } from './projection.js';
import { type Incoming, NO_MARKS } from './subscription.js';

/** Marks and rows as they are before a batch. */
export interface Before<Row> {
  readonly marks: { get(streamId: string): Marks | undefined };
  readonly rows: { get(id: string): Row | undefined };
}

/** An event with the rows that it touches; null when it cannot be read or placed, and will be parked. */
export interface Placed {
  readonly incoming: Incoming;
  readonly rows: readonly string[] | null;
}

/** What is to be written of a batch; `applied` events of it are new and went into the rows. */
export interface Folded<Row> extends BatchWrite<Row> {
  readonly applied: number;
}

/** Versions of a stream are missing between what its mark says and what a batch has. */
export class Gap extends Error {
  override readonly name = 'Gap';
}

/** Folds events into the rows of a projection. An event that cannot be applied is parked, and the later ones of its stream behind it. */
export class BatchFold<Row extends object> {
  constructor(
    private readonly projection: Projection<Row>,
    private readonly tools: { readonly registry: EventRegistry; readonly clock: Clock },
  ) {}

  place(incoming: Incoming): Placed {
    try {
      return { incoming, rows: this.tools.registry.knows(incoming.type) ? this.projection.rowsOf(incoming.read()) : [] };
    } catch {
      return { incoming, rows: null };
    }
  }

  /** `refused` parks the first event that is new: the store would not take the row that came of it. Throws Gap; then nothing of the batch is written. */
  fold(events: readonly Placed[], before: Before<Row>, refused: Obstacle | null = null): Folded<Row> {
    let applied = 0;
    const marks = new Map<string, Marks>();
    const rows = new Map<string, Row | null>();
    const parked: DeadLetter[] = [];
    const parkedAt = this.tools.clock.now().toISOString();
    for (const placed of events) {
      const { incoming } = placed;
      const mark = marks.get(incoming.streamId) ?? before.marks.get(incoming.streamId) ?? NO_MARKS;
      if (incoming.version <= mark.accepted) continue;
      if (incoming.version > mark.accepted + 1) throw new Gap(`${incoming.streamId}: version ${incoming.version} does not follow ${mark.accepted}`);
      const obstacle = isParked(mark) ? QUEUED : (refused ?? this.foldOne(placed, rows, before.rows));
      if (obstacle === null) {
        marks.set(incoming.streamId, { accepted: incoming.version, applied: incoming.version });
        applied += 1;
      } else {
        marks.set(incoming.streamId, { accepted: incoming.version, applied: mark.applied });
        parked.push(letterOf(this.projection.name, incoming, obstacle, parkedAt));
      }
    }
    return { marks, rows, parked, applied };
  }

  /** Folds one event into the rows of the batch; returns why it could not. */
  private foldOne({ incoming, rows: touched }: Placed, rows: Map<string, Row | null>, before: Before<Row>['rows']): Obstacle | null {
    try {
      if (touched === null) this.projection.rowsOf(incoming.read());
      const ids = touched ?? [];
      const folded = ids.map((id) => {
        const row = rows.get(id);
        return this.projection.fold(row === undefined ? (before.get(id) ?? null) : row, incoming.read(), id);
      });
      for (const [i, row] of folded.entries()) rows.set(ids[i]!, row);
      return null;
    } catch (error) {
      if (isOutage(error)) throw error;
      return obstacleOf(error);
    }
  }
}
