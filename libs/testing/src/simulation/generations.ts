import {
  type AnyProjection,
  type BuiltState,
  type BuiltWrite,
  type Claim,
  type Generations,
  type GenerationsComparison,
  type GenerationsStatus,
  isUnderWay,
  type Marks,
  type Rebuild,
  type RebuildProgress,
  Superseded,
  type Switch,
  Unavailable,
} from '@keyfold/event-sourcing';
import { changesOf, type Place, removalOfOthers, watchSwitch } from './built-write.js';
import { behindOf, compareGenerations, type Documents } from './generation-comparison.js';
import type { Reply, SimulatedProcess } from './process.js';
import type { SimulatedServer } from './server.js';
import { changeOf, durableView, isClosed, localView, marksOf, rowsOf, type ViewDocument, viewOf } from './views.js';

const STORE = 'the generations';
const READ_MS = 5_000;
const ATTEMPTS = 20;
/** Short enough for a claim to end among the faults. */
const CLAIM_MS = 3_000;
const CLOSED_MS = 1_000;

const BEGUN = { state: 'building', done: 0, total: 0, rate: null, finishedAt: null, error: null, comparison: null } as const;

type Switched = Awaited<ReturnType<Generations['switchOver']>>;

/**
 * Generations on a simulated server, for one process. What MongoDB does in one transaction is one atomic write here, conditional on what that transaction would have
 * found changed: the epoch of the claim, and the gate. The tail of a switch is read between two requests, with everything that may happen meanwhile.
 */
export class SimulatedGenerations implements Generations {
  constructor(
    private readonly server: SimulatedServer,
    private readonly process: SimulatedProcess,
  ) {}

  status(projection: AnyProjection): Promise<GenerationsStatus> {
    return this.ask(`status of ${viewOf(projection)}`, (reply) => {
      const { serving, built, fed, rebuild } = durableView(this.server, viewOf(projection));
      reply.answer({ serving, built, previous: isUnderWay(rebuild) ? null : (fed?.generation ?? null), rebuild });
    });
  }

  async awaitsBuild(projection: AnyProjection): Promise<boolean> {
    const view = viewOf(projection);
    return this.whileConflicting(async () => {
      const pass = ({ asked }: ViewDocument): Partial<ViewDocument> | null => (isClosed(this.server, view) ? null : { asked: asked + 1 });
      const passed = await this.update(`pass the gate of ${view}`, view, pass);
      return passed && { value: !passed.built };
    });
  }

  async begin(projection: AnyProjection, startedAt: string): Promise<void> {
    const view = viewOf(projection);
    const before = await this.ask<ViewDocument>(`what there is of ${view}`, (reply) => reply.answer(durableView(this.server, view)));
    if (isUnderWay(before.rebuild)) return;
    const generation = before.built ? before.last + 1 : before.serving;
    const rebuild: Rebuild = { ...BEGUN, generation, startedAt };
    const begun = { last: Math.max(before.last, generation), fed: { generation, positions: {} }, rebuild, ...ended(before.epoch) };
    await this.update(`begin ${view}#${generation}`, view, ({ epoch }) => (epoch === before.epoch ? begun : null));
  }

  async claim(projection: AnyProjection, { takeOver }: { takeOver?: number } = {}): Promise<Claim | null> {
    const view = viewOf(projection);
    const document = await this.update(`claim ${view}`, view, ({ fed, epoch, claimedUntil }) =>
      !fed || (takeOver === undefined ? claimedUntil > this.now() : fed.generation !== takeOver) ? null : { epoch: epoch + 1, claimedUntil: this.now() + CLAIM_MS },
    );
    if (!document?.fed) return null;
    const { generation, positions } = document.fed;
    await this.dropOthers(view, document);
    const isEmpty = await this.ask<boolean>(`is ${view}#${generation} empty`, (reply) =>
      reply.answer([rowsOf, marksOf].every((of) => this.server.durable(of(view, generation)).size === 0)),
    );
    return { generation, epoch: document.epoch, underWay: isUnderWay(document.rebuild), isEmpty, positions, room: Infinity };
  }

  read(
    projection: AnyProjection,
    { generation }: Claim,
    keys: { streams: readonly string[]; rows: readonly string[] },
  ): Promise<BuiltState> {
    const view = viewOf(projection);
    return this.ask(`read ${view}#${generation}`, (reply) => {
      const rows = pick(this.server.durable(rowsOf(view, generation)), keys.rows);
      const marks = pick(this.server.durable<Marks>(marksOf(view, generation)), keys.streams);
      reply.answer({ marks: new Map(marks), rows: new Map(rows.map(([id, row]) => [id, { row, partitions: [] }])) });
    });
  }

  checkpoint(projection: AnyProjection, claim: Claim, write: BuiltWrite, progress: RebuildProgress): Promise<void> {
    const view = viewOf(projection);
    return this.ask(`checkpoint of ${view}#${claim.generation}`, (reply) => {
      const document = localView(this.server, view);
      if (document.epoch !== claim.epoch) return reply.fail(superseded(view, claim));
      const { generation } = claim;
      const rebuild = document.rebuild && { ...document.rebuild, ...progress };
      const kept = changeOf(view, {
        ...document,
        fed: { generation, positions: write.positions },
        claimedUntil: this.now() + CLAIM_MS,
        rebuild,
      });
      this.server.whenDurable(this.server.write([...changesOf(this.at(view), generation, write), kept]), reply, undefined);
    });
  }

  compare(projection: AnyProjection, { generation }: Claim, size: number): Promise<GenerationsComparison> {
    const view = viewOf(projection);
    return this.ask(`compare ${view}#${generation}`, (reply) => {
      reply.answer(compareGenerations(this.server, view, generation, size));
    });
  }

  async switchOver(projection: AnyProjection, claim: Claim, how: Switch): Promise<Switched> {
    const view = viewOf(projection);
    await this.update(`close the gate of ${view}`, view, () => ({ closedUntil: this.now() + CLOSED_MS }));
    try {
      const outcome = await this.whileConflicting(() => this.trySwitch(view, claim, how));
      if (!outcome.switched) await this.open(view);
      return outcome;
    } catch (error) {
      await this.open(view);
      throw error;
    }
  }

  async release(projection: AnyProjection, claim: Claim): Promise<void> {
    const view = viewOf(projection);
    await this.update(`release ${view}#${claim.generation}`, view, ({ epoch }) => (epoch === claim.epoch ? ended(epoch) : null));
  }

  async discard(projection: AnyProjection, claim: Claim, failure?: { error: string; at: string }): Promise<void> {
    const view = viewOf(projection);
    if (failure) this.process.world.violated(`G8 ${view}: a rebuild failed: ${failure.error}`);
    const document = await this.update(`discard ${view}#${claim.generation}`, view, ({ epoch, rebuild }) => {
      if (epoch !== claim.epoch) return null;
      const failed = failure &&
        rebuild && { ...rebuild, state: 'failed' as const, error: failure.error, finishedAt: failure.at, rate: null };
      return { fed: null, rebuild: failed ?? rebuild, ...ended(epoch) };
    });
    if (!document) throw superseded(view, claim);
    await this.dropOthers(view, document);
  }

  async noteUse(projection: AnyProjection): Promise<void> {
    await this.update(`note that ${viewOf(projection)} is used`, viewOf(projection), () => ({ usedAt: this.now() }));
  }

  async dropUnused({ name, version }: AnyProjection, unusedMs: number): Promise<number[]> {
    const dropped: number[] = [];
    for (let older = 1; older < version; older++) {
      const view = viewOf({ name, version: older });
      const emptied = await this.update(`empty ${view}`, view, ({ built, fed, usedAt, last, epoch }) =>
        (!built && !fed) || this.now() - usedAt < unusedMs
          ? null
          : { serving: last + 1, last: last + 1, built: false, fed: null, rebuild: null, ...ended(epoch) },
      );
      if (!emptied) continue;
      await this.dropOthers(view, emptied);
      dropped.push(older);
    }
    return dropped;
  }

  /** Null when something has changed since the tail was read: a batch that was passed over meanwhile may have an event that the tail has not. */
  private async trySwitch(view: string, claim: Claim, { tail, state, at, beyond }: Switch): Promise<{ value: Switched } | null> {
    const before = await this.ask<ViewDocument>(`begin the switch of ${view}`, (reply) => reply.answer(localView(this.server, view)));
    if (before.epoch !== claim.epoch) throw superseded(view, claim);
    const rest = await tail();
    if (!rest) return { value: { switched: false, behind: [] } };
    return this.ask(`switch ${view} to ${claim.generation}`, (reply) => {
      const document = localView(this.server, view);
      if (document.epoch !== claim.epoch) return reply.fail(superseded(view, claim));
      if (document !== before) return reply.answer(null);
      const { serving } = document;
      const served = this.server.local<Marks>(marksOf(view, serving));
      const claimed = new Map([...this.server.local<Marks>(marksOf(view, claim.generation)), ...rest.marks]);
      const behind = serving === claim.generation ? [] : behindOf(served, claimed, beyond);
      if (behind.length > 0) return reply.answer({ value: { switched: false, behind } });
      const switched: ViewDocument = {
        ...document,
        ...ended(document.epoch),
        serving: claim.generation,
        built: true,
        fed: serving === claim.generation || beyond.size > 0 ? null : { generation: serving, positions: rest.positions },
        rebuild: document.rebuild && { ...document.rebuild, state, finishedAt: at, rate: null, error: null },
        closedUntil: 0,
      };
      const written = this.server.write([...changesOf(this.at(view), claim.generation, rest), changeOf(view, switched)]);
      watchSwitch(this.at(view), { from: serving, to: claim.generation });
      this.server.whenDurable(written, reply, { value: { switched: true, behind: [] } });
    });
  }

  private dropOthers(view: string, document: ViewDocument): Promise<void> {
    return this.ask(`drop what was of ${view}`, (reply) => {
      const gone = removalOfOthers(this.at(view), document);
      if (gone.length > 0) this.server.write(gone);
      reply.answer(undefined);
    });
  }

  /** It opens by itself soon. */
  private async open(view: string): Promise<void> {
    await this.update(`open the gate of ${view}`, view, () => ({ closedUntil: 0 })).catch(() => undefined);
  }

  /** Changes the document if it may be changed, durably; null if not. */
  private update(
    what: string,
    view: string,
    change: (document: ViewDocument) => Partial<ViewDocument> | null,
  ): Promise<ViewDocument | null> {
    return this.ask<ViewDocument | null>(what, (reply) => {
      const before = localView(this.server, view);
      const changed = change(before);
      if (!changed) return reply.answer(null);
      const document = { ...before, ...changed };
      this.server.whenDurable(this.server.write([changeOf(view, document)]), reply, document);
    });
  }

  private async whileConflicting<T>(attempt: () => Promise<{ value: T } | null>): Promise<T> {
    for (let failures = 1; failures <= ATTEMPTS; failures++) {
      const outcome = await attempt();
      if (outcome) return outcome.value;
      await this.process.clock.wait(this.process.world.random.between(0, Math.min(2 ** failures, 250)));
    }
    throw new Unavailable(STORE);
  }

  private ask<T>(what: string, work: (reply: Reply<T>) => void): Promise<T> {
    return this.process.request<T>(`${STORE}: ${what}`, READ_MS, (reply) => this.server.serve(reply, () => work(reply)));
  }

  private at(view: string): Place {
    return { world: this.process.world, server: this.server, view };
  }

  private now(): number {
    return this.server.clock.getTime();
  }
}

const superseded = (view: string, { generation }: Claim): Superseded => new Superseded(`generation ${generation} of ${view}`);

const ended = (epoch: number): Pick<ViewDocument, 'epoch' | 'claimedUntil'> => ({ epoch: epoch + 1, claimedUntil: 0 });

const pick = <T extends object>(documents: Documents<T>, ids: readonly string[]): [string, T][] =>
  ids.flatMap((id): [string, T][] => (documents.has(id) ? [[id, documents.get(id)!]] : []));
