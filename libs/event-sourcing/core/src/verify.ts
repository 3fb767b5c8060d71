import { canonicalJson, sameJson } from './canonical.js';
import { type EventRegistry, isStreamOf } from './events.js';
import type { Clock, Feeds, Marks, ProjectionStore } from './ports.js';
import type { AnyProjection } from './projection.js';
import { inShare, randomFrom, Recomputation, type Share } from './recomputation.js';
import { NO_MARKS } from './subscription.js';

/** What is wrong with a read model. Names rows, streams and fields, never what is in them. */
export type Finding =
  | { readonly kind: 'row-missing' | 'row-extra'; readonly row: string }
  | { readonly kind: 'row-different'; readonly row: string; readonly fields: readonly string[] }
  /** The events up to the head were not applied within the patience of the check. */
  | { readonly kind: 'stream-behind'; readonly stream: string; readonly head: number; readonly marks: Marks }
  | { readonly kind: 'mark-ahead' | 'mark-without-stream'; readonly stream: string; readonly head: number; readonly marks: Marks }
  /** Events between the marks that no dead letter accounts for. */
  | { readonly kind: 'letters-missing'; readonly stream: string; readonly head: number; readonly marks: Marks }
  /** Applied by its mark, and not to be folded by this process. */
  | { readonly kind: 'unfoldable'; readonly stream: string; readonly version: number; readonly cause: string };

export interface Verification {
  readonly projection: string;
  readonly version: number;
  /** Gives the same order between streams again. */
  readonly seed: number;
  readonly events: number;
  readonly streams: number;
  readonly rows: number;
  readonly parked: { readonly streams: number; readonly letters: number };
  readonly discarded: number;
  /** All findings; the list has the first 100. */
  readonly found: number;
  readonly findings: readonly Finding[];
  /** Rows and streams that did not come to rest, or were too many to look at twice: nothing is proved of them. */
  readonly unproved: number;
  /** Nothing was found. */
  readonly ok: boolean;
}

export interface VerifyTools {
  readonly store: ProjectionStore;
  readonly feeds: Feeds;
  readonly registry: EventRegistry;
  readonly clock: Clock;
}

export interface VerifyOptions {
  readonly seed: number;
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
  /** Commits per pass over the logs, which bounds how many rows are in memory at once; 100 000 unless told. */
  readonly commitsPerPass?: number;
}

const COMMITS_PER_PASS = 100_000;
const SCAN = 2_000;
const LISTED = 100;
const FIELDS = 10;
/** Suspects of a pass that are looked at again. */
const SUSPECTS = 10_000;
const ROUNDS = 8;
const PAUSE_MS = 500;

type Suspect = { readonly row: string } | { readonly stream: string };
type Verdict = 'fine' | 'moving' | Finding;

/**
 * Recomputes a read model from the owners' logs and compares it with what is stored, row by row, while both go on changing; and proves of every stream of the log
 * that its applied mark is the stream's head, or that what is missing is parked. A difference counts when it is found twice in a row with the marks of all streams
 * of the row, read before and after it, at the versions that the row was recomputed to. Throws Unavailable, or why a log is not whole.
 */
export async function verify(projection: AnyProjection, tools: VerifyTools, options: VerifyOptions): Promise<Verification> {
  const services = [...new Set(projection.follows.map((contract) => contract.service))];
  const commits = (await Promise.all(services.map((service) => tools.feeds.lastPosition(service)))).reduce((sum, last) => sum + last, 0);
  const passes = Math.max(1, Math.ceil(commits / (options.commitsPerPass ?? COMMITS_PER_PASS)));
  const check = new Check(projection, tools);
  let done = 0;
  for (let nth = 0; nth < passes; nth++)
    await check.pass({ nth, of: passes }, options, (read) => options.progress?.(Math.min((done += read), passes * commits), passes * commits));
  return check.result(options.seed);
}

class Check {
  private readonly findings: Finding[] = [];
  private found = 0;
  private unproved = 0;
  private events = 0;
  private streams = 0;
  private rows = 0;
  private readonly parked = new Set<string>();
  private discarded = 0;

  constructor(
    private readonly projection: AnyProjection,
    private readonly tools: VerifyTools,
  ) {}

  async pass(share: Share, { seed, signal }: VerifyOptions, progress: (commits: number) => void): Promise<void> {
    const { feeds, registry } = this.tools;
    const applied = await this.queuedStreams();
    const discarded = await this.discardedEvents();
    const log = new Recomputation(this.projection, share, { feeds, registry, applied, discarded, random: randomFrom(seed + share.nth) });
    await log.readOn(progress, signal);
    const suspects = [...(await this.suspectStreams(log, share)), ...(await this.suspectRows(log, share))];
    this.unproved += Math.max(0, suspects.length - SUSPECTS);
    await this.lookAgain(suspects.slice(0, SUSPECTS), log, signal);
    this.conclude(log, share);
  }

  /** Until each suspect is found fine, or wrong in the same way twice in a row, or the patience is over. */
  private async lookAgain(suspects: readonly Suspect[], log: Recomputation, signal?: AbortSignal): Promise<void> {
    let open = suspects.map((suspect) => ({ suspect, seen: '' }));
    for (let round = 1; open.length > 0 && round <= ROUNDS; round++) {
      signal?.throwIfAborted();
      if (round > 1) await this.tools.clock.wait(PAUSE_MS, signal);
      await log.readOn(undefined, signal);
      const left: typeof open = [];
      for (const { suspect, seen } of open) {
        const verdict = 'row' in suspect ? await this.judgeRow(suspect.row, log) : await this.judgeStream(suspect.stream, log);
        if (verdict === 'fine') continue;
        const sight = canonicalJson(verdict);
        if (verdict !== 'moving' && sight === seen && !mayCatchUp(verdict, round)) this.report(verdict);
        else left.push({ suspect, seen: sight });
      }
      open = left;
    }
    this.unproved += open.length;
  }

  async result(seed: number): Promise<Verification> {
    const { name, version } = this.projection;
    const letters = await this.tools.store.countDeadLetters(this.projection);
    const { events, streams, rows, found, findings, unproved, discarded } = this;
    return { projection: name, version, seed, events, streams, rows, parked: { streams: this.parked.size, letters }, discarded, found, findings, unproved, ok: found === 0 };
  }

  private conclude(log: Recomputation, share: Share): void {
    this.events = log.events;
    this.streams = log.heads.size;
    for (const { row } of log.rows.values()) if (row) this.rows += 1;
    for (const [stream, { version, cause }] of log.unfoldable)
      if (inShare(stream, share) && !this.parked.has(stream)) this.report({ kind: 'unfoldable', stream, version, cause });
  }

  private report(finding: Finding): void {
    this.found += 1;
    if (this.findings.length < LISTED) this.findings.push(finding);
  }

  /** The applied marks of the streams with a queue: their rows are right when they stand there. */
  private async queuedStreams(): Promise<Map<string, number>> {
    const queued = new Map<string, number>();
    for await (const { streamId, marks } of this.marks()) if (marks.applied < marks.accepted) queued.set(streamId, marks.applied);
    return queued;
  }

  private async discardedEvents(): Promise<Map<string, Set<number>>> {
    const discarded = new Map<string, Set<number>>();
    this.discarded = 0;
    for (let after: { streamId: string; version: number } | undefined; ; ) {
      const letters = await this.tools.store.deadLetters(this.projection, { kind: 'discarded', after, limit: SCAN });
      for (const { streamId, version } of letters) discarded.set(streamId, (discarded.get(streamId) ?? new Set()).add(version));
      this.discarded += letters.length;
      if (letters.length < SCAN) return discarded;
      after = letters.at(-1);
    }
  }

  private async suspectStreams(log: Recomputation, share: Share): Promise<Suspect[]> {
    const suspects: Suspect[] = [];
    const seen = new Set<string>();
    for await (const { streamId, marks } of this.marks()) {
      if (!inShare(streamId, share)) continue;
      seen.add(streamId);
      if (marks.applied !== log.heads.get(streamId) || marks.accepted !== marks.applied) suspects.push({ stream: streamId });
    }
    for (const stream of log.heads.keys()) if (inShare(stream, share) && !seen.has(stream)) suspects.push({ stream });
    return suspects;
  }

  private async suspectRows(log: Recomputation, share: Share): Promise<Suspect[]> {
    const suspects: Suspect[] = [];
    const seen = new Set<string>();
    for (let after = ''; ; ) {
      const page = await this.tools.store.scanRows(this.projection, after, SCAN);
      for (const { id, row } of page) {
        if (!inShare(id, share)) continue;
        seen.add(id);
        if (differingFields(id, log.rows.get(id)?.row ?? null, row).length > 0) suspects.push({ row: id });
      }
      if (page.length < SCAN) break;
      after = page[page.length - 1]!.id;
    }
    for (const [id, { row }] of log.rows) if (row && !seen.has(id)) suspects.push({ row: id });
    return suspects;
  }

  private async judgeRow(id: string, log: Recomputation): Promise<Verdict> {
    const expected = log.rows.get(id);
    const streams = [...(expected?.streams ?? [])];
    const atRest = async (): Promise<boolean> => {
      const marks = await this.tools.store.marks(this.projection, streams);
      return streams.every((stream) => marks.get(stream)?.applied === log.foldedTo(stream));
    };
    const before = await atRest();
    const stored = (await this.tools.store.view(this.projection).get(id)) as object | null;
    const fields = differingFields(id, expected?.row ?? null, stored);
    if (fields.length === 0) return 'fine';
    if (!before || !(await atRest())) return 'moving';
    if (!stored) return { kind: 'row-missing', row: id };
    return expected?.row ? { kind: 'row-different', row: id, fields: fields.slice(0, FIELDS) } : { kind: 'row-extra', row: id };
  }

  private async judgeStream(stream: string, log: Recomputation): Promise<Verdict> {
    const head = log.heads.get(stream) ?? 0;
    const marks = (await this.tools.store.marks(this.projection, [stream])).get(stream) ?? NO_MARKS;
    const { accepted, applied } = marks;
    if (accepted > head || applied > accepted) {
      const now = Math.max(head, await this.headOf(stream)); // the stream may have gone on since the log was read
      if (now === 0) return { kind: 'mark-without-stream', stream, head, marks };
      if (accepted > now || applied > accepted) return { kind: 'mark-ahead', stream, head: now, marks };
    }
    if (applied >= head && applied === accepted) return 'fine';
    if (applied === accepted || accepted < head) return { kind: 'stream-behind', stream, head, marks };
    this.parked.add(stream);
    return (await this.tools.store.countDeadLetters(this.projection, stream)) >= accepted - applied ? 'fine' : { kind: 'letters-missing', stream, head, marks };
  }

  private async headOf(stream: string): Promise<number> {
    const contract = this.projection.follows.find((followed) => isStreamOf(followed, stream));
    const last = contract && (await this.tools.feeds.stream(contract.service, stream, 0)).at(-1);
    return last ? last.expectedVersion + last.events.length : 0;
  }

  private async *marks(): AsyncGenerator<{ streamId: string; marks: Marks }> {
    for (let after = ''; ; ) {
      const page = await this.tools.store.scanMarks(this.projection, after, SCAN);
      yield* page;
      if (page.length < SCAN) return;
      after = page[page.length - 1]!.streamId;
    }
  }
}

/** A stream may be behind for a while: only the last look tells that it stays so. A row that differs twice at rest does differ. */
const mayCatchUp = ({ kind }: Finding, round: number): boolean => kind === 'stream-behind' && round < ROUNDS;

/** Fields in which two rows of the same id differ; all that there are when one of the rows is missing. */
function differingFields(id: string, a: object | null, b: object | null): string[] {
  if (a && b && sameJson({ ...a, id }, { ...b, id })) return [];
  const plain = (row: object | null): Record<string, unknown> => (row ? (JSON.parse(canonicalJson({ ...row, id })) as Record<string, unknown>) : {});
  const [left, right] = [plain(a), plain(b)];
  const differs = (field: string): boolean => field in left !== field in right || canonicalJson(left[field]) !== canonicalJson(right[field]);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(differs).sort();
}
