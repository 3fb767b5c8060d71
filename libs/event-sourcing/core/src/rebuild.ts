import { movedMarks, movedMarksText } from './beyond-log.js';
import { NoPreviousGeneration, RowRefused, Superseded, Unavailable } from './errors.js';
import type { SequencedCommit } from './events.js';
import { type BehindStream, type BeyondLog, type Claim, type GenerationsStatus, isUnderWay, type RebuildProgress, type RebuildState } from './generations.js';
import { GenerationFeed } from './generation-feed.js';
import { pagesOf } from './log-pages.js';
import { tailBehind } from './log-tail.js';
import type { AuditEntry, AuditLog, Failpoint, Metrics, ProjectionStore } from './ports.js';
import type { AnyProjection } from './projection.js';
import type { SubscriberTools } from './projector.js';
import { compareRows } from './row-comparison.js';

export interface RebuildTools extends SubscriberTools {
  readonly metrics: Metrics;
  readonly audit: AuditLog;
  readonly failpoint: Failpoint;
}

const NAMED = 20;
const SWITCHES = 50;
const KEEP_CLAIM_MS = 3_000;
/** A process says every minute what it runs. */
const NOT_RUNNING_MS = 5 * 60_000;
const MACHINERY = 'projector';

interface Feeding {
  readonly claim: Claim;
  readonly feed: GenerationFeed;
}

interface Pace {
  readonly signal: AbortSignal;
  readonly progress: (done: number, total: number) => void;
}

/**
 * Rebuilds a read model beside the serving one and keeps the one that served before at hand (G8).
 *
 * Whatever generation does not serve is fed from the owners' feeds and never by live batches: that costs the live path nothing and cannot hold it up, has one
 * writer, and needs no moment at which live batches "join". The last few events and the switch are one write: at the switch no batch can commit to the serving
 * generation, the logs are read to their end once more, every mark is compared, and only then the name is given over. The one that served before is fed in the same
 * way from then on, from the positions of the new one. It may lack events of before the switch that it was still to get; a rollback compares every mark like any
 * other switch, finds those streams and fetches them.
 *
 * Policies and processes are no read models: nothing is replayed that has an effect.
 */
export class Rebuilder {
  readonly name: string;
  /** Kept from call to call, as long as nobody takes the claim. */
  private feeding: Feeding | null = null;
  private keptAt = 0;
  /** Of the pages that were handed in. */
  private taken: Record<string, number> = {};

  constructor(
    readonly projection: AnyProjection,
    private readonly store: ProjectionStore,
    private readonly tools: RebuildTools,
  ) {
    this.name = projection.name;
  }

  status(): Promise<GenerationsStatus> {
    return this.store.generations.status(this.projection);
  }

  /** Starts a rebuild, unless one is under way; `work` carries it out. */
  async start(actor: string): Promise<void> {
    if (isUnderWay((await this.status()).rebuild)) return;
    await this.store.generations.begin(this.projection, this.now());
    await this.record(actor, 'rebuild-started');
  }

  /**
   * Does what there is to do now: builds what was never built, goes on with the rebuild that is under way, feeds the previous generation. Resolves when that is done,
   * another process is at it, or the signal is aborted. An outage is no failure: the next call goes on.
   */
  async work(signal: AbortSignal, progress: (done: number, total: number) => void = () => undefined): Promise<void> {
    let status = await this.status();
    if (!status.built && !isUnderWay(status.rebuild)) {
      await this.store.generations.begin(this.projection, this.now());
      status = await this.status();
    }
    const other = isUnderWay(status.rebuild) ? status.rebuild!.generation : status.previous;
    if (other === null) return;
    if (this.feeding?.claim.generation !== other) this.feeding = null;
    const feeding = (this.feeding ??= await this.claim());
    if (!feeding) return;
    try {
      // As the claim says: another process may have switched, or begun, since the status was read.
      await (feeding.claim.underWay ? this.build(feeding, status, { signal, progress }) : this.follow(feeding, { signal, progress }));
    } catch (error) {
      this.feeding = null;
      await this.failed(feeding, status, error);
    }
    if (signal.aborted) await this.letGo();
  }

  /**
   * Folds a page of a log that is read once for many read models, where it follows the pages before it and this one follows the log and does not serve yet. `work` goes on behind the
   * pages once `takenAll` was said. What goes wrong is told in the log; then no further page follows, and `work` goes on from what was written.
   */
  async take(service: string, commits: readonly SequencedCommit[]): Promise<void> {
    if (!this.services().includes(service) || commits[0]?.position !== (this.taken[service] ?? 0) + 1) return;
    await this.handedIn((feed) => feed.takePage(this.taken, { service, commits }, () => ({ state: 'building' })));
  }

  async takenAll(): Promise<void> {
    if (Object.keys(this.taken).length > 0) await this.handedIn((feed) => feed.flushOrPark({ ...this.taken }, { state: 'building' }));
  }

  private async handedIn(work: (feed: GenerationFeed) => Promise<void>): Promise<void> {
    const status = await this.status();
    if (status.built) return;
    if (!isUnderWay(status.rebuild)) await this.store.generations.begin(this.projection, this.now());
    const feeding = (this.feeding ??= await this.claim());
    if (!feeding?.claim.underWay) return;
    try {
      await work(feeding.feed);
    } catch (error) {
      this.feeding = null;
      this.taken = {};
      await this.failed(feeding, status, error);
    }
  }

  /** Lets the previous generation serve again at once, under the rule of every switch. Throws NoPreviousGeneration, Unavailable. */
  async rollBack(actor: string, signal: AbortSignal): Promise<void> {
    const feeding = await this.previous();
    const pace = { signal, progress: () => undefined };
    await this.follow(feeding, pace);
    await this.switchOver(feeding, 'rolled-back', pace);
    await this.record(actor, 'rebuild-rolled-back');
  }

  /** Drops the previous generation, and those of lower versions that no process runs. Throws NoPreviousGeneration when there is neither. */
  async discard(actor: string): Promise<void> {
    const versions = await this.dropUnused(actor, NOT_RUNNING_MS);
    if (versions.length > 0 && (await this.status()).previous === null) return;
    const { claim } = await this.previous();
    await this.store.generations.discard(this.projection, claim);
    await this.record(actor, 'previous-generation-discarded', { generation: claim.generation });
  }

  /** Drops the lower versions that no process has used for so long, and answers which. */
  async dropUnused(actor: string, unusedMs: number): Promise<readonly number[]> {
    const versions = await this.store.generations.dropUnused(this.projection, unusedMs);
    if (versions.length > 0) await this.record(actor, 'unused-versions-dropped', { versions: versions.join(' ') });
    return versions;
  }

  /** Ends the claim, so that another process goes on at once. */
  async letGo(): Promise<void> {
    const { feeding } = this;
    this.feeding = null;
    if (feeding) await this.store.generations.release(this.projection, feeding.claim);
  }

  private async build(feeding: Feeding, { built }: GenerationsStatus, pace: Pace): Promise<void> {
    await this.catchUp(feeding, 'building', pace);
    await this.catchUp(feeding, 'catching-up', pace);
    if (pace.signal.aborted) return;
    if (built) await this.compare(feeding, pace.signal);
    await this.switchOver(feeding, 'switched', pace);
    this.feeding = null;
    this.tools.metrics.set('rebuild_progress_ratio', 1, { projection: this.name });
    if (built) await this.record(MACHINERY, 'rebuild-switched', { generation: feeding.claim.generation });
  }

  private async follow(feeding: Feeding, pace: Pace): Promise<void> {
    const before = feeding.feed.positions;
    await this.catchUp(feeding, null, pace);
    const now = this.tools.clock.now().getTime();
    if (feeding.feed.positions !== before) this.keptAt = now;
    else if (now - this.keptAt > KEEP_CLAIM_MS) {
      await feeding.feed.flush(before, {});
      this.keptAt = now;
    }
  }

  /** Feeds the logs up to where they stand now, and writes it. `state` is null for a generation that is not being built. */
  private async catchUp({ feed }: Feeding, state: RebuildState | null, { signal, progress }: Pace): Promise<void> {
    const { feeds, clock, metrics } = this.tools;
    const ends = new Map<string, number>();
    for (const service of this.services()) ends.set(service, await feeds.lastPosition(service));
    const positions: Record<string, number> = { ...feed.positions };
    const begun = { at: clock.now().getTime(), done: sum(Object.values(positions)) };
    const noted = (): RebuildProgress => {
      if (!state) return {};
      const done = sum(Object.values(positions));
      const total = Math.max(done, sum([...ends.values()]));
      const seconds = Math.max(0.001, (clock.now().getTime() - begun.at) / 1_000);
      progress(done, total);
      metrics.set('rebuild_progress_ratio', total === 0 ? 1 : done / total, { projection: this.name });
      return { state, done, total, error: null, ...(state === 'building' && { rate: Math.round((done - begun.done) / seconds) }) };
    };
    for (const [service, end] of ends) {
      for await (const commits of pagesOf(feeds, service, { after: positions[service] ?? 0, end })) {
        if (signal.aborted) break;
        await feed.takePage(positions, { service, commits }, noted);
      }
    }
    if (state || Object.entries(positions).some(([service, position]) => feed.positions[service] !== position)) await feed.flushOrPark({ ...positions }, noted());
  }

  private async compare({ claim, feed }: Feeding, signal: AbortSignal): Promise<void> {
    await feed.flush(feed.positions, { state: 'comparing' });
    const comparison = await compareRows(this.projection, { claim, feed, generations: this.store.generations }, this.tools, signal);
    await feed.flush(feed.positions, { comparison });
    await this.record(MACHINERY, 'rebuild-compared', { ...comparison, ids: comparison.ids.join(' ') });
  }

  /** As often as the claimed generation lacks something, that is brought up and the switch tried again. */
  private async switchOver(feeding: Feeding, state: 'switched' | 'rolled-back', pace: Pace): Promise<void> {
    const { claim, feed } = feeding;
    let behind: readonly BehindStream[] = [];
    let beyond: BeyondLog = new Map();
    for (let attempt = 1; attempt <= SWITCHES && !pace.signal.aborted; attempt++) {
      try {
        const outcome = await this.store.generations.switchOver(this.projection, claim, { state, at: this.now(), beyond, tail: () => tailBehind(feed, this.services(), this.tools) });
        if (outcome.switched) return await this.toldOf(beyond);
        behind = outcome.behind;
      } catch (error) {
        if (!(error instanceof RowRefused)) throw error;
      }
      feed.forget();
      beyond = new Map([...beyond, ...movedMarks(behind, await feed.fill(behind, {}))]);
      await this.catchUp(feeding, state === 'switched' ? 'catching-up' : null, pace);
    }
    if (!pace.signal.aborted) throw new Error(`the new generation does not come up to the serving one; behind: ${behind.map(({ streamId }) => streamId).slice(0, NAMED).join(' ')}`);
  }

  private async toldOf(beyond: BeyondLog): Promise<void> {
    if (beyond.size === 0) return;
    const streams = movedMarksText(beyond);
    this.tools.log.warn('marks stood beyond the ends of their streams; the new generation has the right ones, the one that had served is dropped', { projection: this.name, streams });
    await this.record(MACHINERY, 'marks-beyond-log-left-behind', { count: beyond.size, streams });
  }

  private async previous(): Promise<Feeding> {
    const { previous, rebuild } = await this.status();
    if (previous === null) throw new NoPreviousGeneration(isUnderWay(rebuild) ? `${this.name} is being rebuilt` : `${this.name} has no previous generation`);
    const feeding = await this.claim({ takeOver: previous });
    if (!feeding) throw new NoPreviousGeneration(`${this.name} has no previous generation`);
    return feeding;
  }

  private async claim(options?: { takeOver: number }): Promise<Feeding | null> {
    const { generations } = this.store;
    const claim = await generations.claim(this.projection, options);
    return claim && { claim, feed: new GenerationFeed(this.projection, claim, generations, this.tools) };
  }

  private async failed({ claim, feed }: Feeding, { built }: GenerationsStatus, error: unknown): Promise<void> {
    const { log } = this.tools;
    const fields = { projection: this.name, error: String(error) };
    await feed.ended();
    if (error instanceof Superseded) return log.info('another process goes on with this generation', fields);
    // An outage passes, and what was never built has nothing else to serve: the next call goes on from the positions.
    if (error instanceof Unavailable || !built || !claim.underWay) {
      log.warn('cannot go on with this generation yet, will try again', fields);
      feed.forget();
      const noted = claim.underWay ? feed.flush(feed.positions, { error: String(error) }) : Promise.resolve();
      return noted.then(() => this.store.generations.release(this.projection, claim)).catch(() => undefined);
    }
    log.error('the rebuild failed', fields);
    await this.store.generations.discard(this.projection, claim, { error: String(error), at: this.now() });
    await this.record(MACHINERY, 'rebuild-failed', { error: String(error) });
  }

  /** What was done is not undone for an audit log that is out of reach; the log says so. */
  private async record(actor: string, action: string, details: AuditEntry['details'] = {}): Promise<void> {
    const entry = { at: this.now(), actor, action, subject: this.name, details };
    await this.tools.audit.write(entry).catch((error: unknown) => this.tools.log.error('audit entry not written', { ...entry, error: String(error) }));
  }

  private services(): string[] {
    return [...new Set(this.projection.follows.map((contract) => contract.service))];
  }

  private now(): string {
    return this.tools.clock.now().toISOString();
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
