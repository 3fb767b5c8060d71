import { Unavailable } from './errors.js';
import { type AggregateContract, idOf, type RecordedEvent } from './events.js';
import type { Clock, Logger, ProjectionStore } from './ports.js';
import { projection, type Projection } from './projection.js';

/** A timer that is running. */
export interface TimerRow {
  readonly id: string;
  readonly instance: string;
  readonly timer: string;
  /** Version of the event that set it: a timer of the same name that is set again is another one. */
  readonly set: number;
  readonly dueAt: string;
  readonly correlationId: string;
}

/** They are set for days, and each process asks for its own. */
const POLL_MS = 5_000;
const PAGE = 100;

/**
 * The due dates of one process, a read model over its instances' streams. They survive whatever the streams survive. A row that lags behind its stream fires nothing twice:
 * the command id and the instance's own state both know the setting. A clock that was set back makes a timer late, never lost.
 */
export class ProcessTimers {
  readonly projection: Projection<TimerRow>;

  constructor(
    private readonly process: { readonly name: string; readonly contract: AggregateContract },
    private readonly tools: { clock: Clock; log: Logger; store: ProjectionStore },
    private readonly fire: (row: TimerRow) => Promise<void>,
  ) {
    this.projection = this.timerProjection();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.fireDue();
      } catch (error) {
        this.tools.log.warn('timers: will try again', { process: this.process.name, error: String(error) });
      }
      await this.tools.clock.wait(POLL_MS, signal);
    }
  }

  /** All of them, page by page: those that cannot fire stay at the front of every page, and must not keep the others from their turn. */
  private async fireDue(): Promise<void> {
    const due = this.tools.store.view(this.projection);
    const now = this.tools.clock.now().toISOString();
    for (let after: readonly unknown[] | undefined; ; ) {
      const rows = await due.find({ filter: { dueAt: { $lte: now } }, sort: { dueAt: 1 }, limit: PAGE, after });
      for (const row of rows) await this.tryToFire(row);
      const last = rows[PAGE - 1];
      if (!last) return;
      after = [last.dueAt, last.id];
    }
  }

  private async tryToFire(row: TimerRow): Promise<void> {
    try {
      await this.fire(row);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.tools.log.warn('a timer does not fire: will try again', { process: this.process.name, timer: row.id, error: String(error) });
    }
  }

  private timerProjection(): Projection<TimerRow> {
    const { contract, name } = this.process;
    const set = `${contract.service}.${contract.name}.timer-set`;
    const timerOf = (event: RecordedEvent): { timer: string; set?: number } | null => {
      const { type, data } = event.data as { type?: string; data?: { timer: string; set?: number } };
      return event.type === set ? { timer: (event.data as { timer: string }).timer } : type === 'timer-fired' ? data! : null;
    };
    return projection<TimerRow>({
      name: `${name}-timers`,
      version: 2,
      follows: [contract as AggregateContract<never>],
      indexes: [['dueAt']],
      rowsOf: (event) => [timerOf(event)].flatMap((found) => (found ? [`${event.streamId}:${found.timer}`] : [])),
      fold: (row, event, id) => {
        const { timer, set: fired } = timerOf(event)!;
        // `received` or `input-parked`, of this setting or of an earlier one.
        if (event.type !== set) return row && fired !== undefined && fired !== row.set ? row : null;
        const { at } = event.data as { at: string };
        return { id, instance: idOf(contract, event.streamId), timer, set: event.version, dueAt: at, correlationId: event.correlationId };
      },
    });
  }
}
