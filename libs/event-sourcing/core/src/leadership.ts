import type { Clock, Ids, Logger } from './ports.js';

export interface Lease {
  readonly service: string;
  readonly holder: string;
  readonly epoch: number;
}

/**
 * The leases of the services, kept on one server. Its clock alone judges whether one has run out; the clocks of the processes do not count.
 * Every call throws Unavailable when there was no answer in time.
 */
export interface Leases {
  /** Takes a lease that has run out, under the next epoch; null while it is held. Epochs of a service only grow. */
  acquire(service: string, holder: string, ttlMs: number): Promise<number | null>;
  /** Lets the lease run for another `ttlMs`; false when its epoch is over. Gives up after `withinMs`. */
  renew(lease: Lease, ttlMs: number, withinMs: number): Promise<boolean>;
  /** Lets the next leader begin at once; the epoch stays. */
  release(lease: Lease): Promise<void>;
}

export interface LeadershipTools {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  /** How long a lease lasts without being renewed; a crashed leader is followed after this time. 4 s unless told. */
  readonly ttlMs?: number;
}

/** Ends when the signal is aborted. */
export type LeadersWork = (epoch: number, signal: AbortSignal) => Promise<void>;

/**
 * One leader per service. A lease is no lock: a paused leader may wake up and write. What it writes must be conditional on its epoch,
 * as the sequencer and the relay state do.
 */
export class Leadership {
  private readonly ttlMs: number;

  constructor(
    private readonly leases: Leases,
    private readonly tools: LeadershipTools,
  ) {
    this.ttlMs = tools.ttlMs ?? 4_000;
  }

  /**
   * Stands for election until `stop` is aborted, and runs `work` whenever it leads. The signal given to `work` is aborted when the lease is lost or could not
   * be renewed in time. When `work` ends or rejects, the lease is given back and the next term begins.
   */
  async lead(service: string, work: LeadersWork, stop: AbortSignal): Promise<void> {
    const { clock, log } = this.tools;
    let unreachable = false;
    while (!stop.aborted) {
      try {
        const holder = this.tools.ids.next();
        const epoch = await this.leases.acquire(service, holder, this.ttlMs);
        if (epoch !== null) await this.term({ service, holder, epoch }, work, stop);
        unreachable = false;
      } catch (error) {
        if (!unreachable) log.warn('leadership: will go on trying', { service, error: String(error) });
        unreachable = true;
      }
      await clock.wait(this.ttlMs / 8, stop);
    }
  }

  private async term(lease: Lease, work: LeadersWork, stop: AbortSignal): Promise<void> {
    const { service, epoch } = lease;
    const over = new AbortController();
    const end = (): void => over.abort();
    stop.addEventListener('abort', end, { once: true });
    if (stop.aborted) end();
    this.tools.log.info('leading', { service, epoch });
    const renewals = this.renewUntil(over, lease);
    try {
      await work(epoch, over.signal);
    } catch (error) {
      this.tools.log.error('the work of the leader failed', { service, epoch, error: String(error) });
    } finally {
      stop.removeEventListener('abort', end);
      end();
      await renewals;
      await this.leases.release(lease).catch(() => undefined); // a failure costs the rest of the lease and nothing else
    }
  }

  private async renewUntil(over: AbortController, lease: Lease): Promise<void> {
    const { clock, log } = this.tools;
    const { service, epoch } = lease;
    const now = (): number => clock.now().getTime();
    for (let renewedAt = now(); !over.signal.aborted;) {
      await clock.wait(this.ttlMs / 4, over.signal);
      if (over.signal.aborted) return;
      const asked = now();
      try {
        if (await this.leases.renew(lease, this.ttlMs, this.ttlMs / 2)) renewedAt = asked;
        else {
          log.warn('another leader has taken over', { service, epoch });
          over.abort();
        }
      } catch (error) {
        if (now() - renewedAt < this.ttlMs * 0.75) continue;
        log.warn('the lease could not be renewed in time', { service, epoch, error: String(error) });
        over.abort();
      }
    }
  }
}
