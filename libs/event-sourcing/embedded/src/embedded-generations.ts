import {
  type AnyProjection,
  Bell,
  type BehindStream,
  type BeyondLog,
  type BuiltState,
  type BuiltWrite,
  type Claim,
  type Clock,
  type Generations,
  type GenerationsComparison,
  type GenerationsStatus,
  isUnderWay,
  LISTED_STREAMS,
  type Rebuild,
  type RebuildProgress,
  requiredOf,
  RowSample,
  Superseded,
  type Switch,
} from '@keyfold/event-sourcing';
import type { DurableStates } from './durable-states.js';
import { pick, ProjectionState } from './projection-state.js';
import { assertStorable } from './storable.js';

const CLAIM_MS = 10_000;
/** How often the tail is read again because a batch was passed over meanwhile. */
const TAILS = 20;
const NONE = { accepted: 0, applied: 0 };

/** One version of one projection: its generations, and who waits for the marks of the one that serves. */
export interface Slot {
  serving: ProjectionState;
  generation: number;
  built: boolean;
  last: number;
  fed: { readonly state: ProjectionState; readonly generation: number; positions: Readonly<Record<string, number>> } | null;
  rebuild: Rebuild | null;
  epoch: number;
  claimedUntil: number;
  usedAt: number;
  /** Batches that were told to wait for the build. */
  passedOver: number;
  readonly changed: Bell;
  /** Where the state is kept as well; null for a view that is built again at every start. */
  readonly durable: DurableStates | null;
}

/** Generations in memory. What does not await anything cannot be disturbed: the comparison and the switch after the tail are one such piece. */
export class EmbeddedGenerations implements Generations {
  private readonly slots = new Map<string, Slot>();

  constructor(
    private readonly clock: Clock,
    private readonly durable: DurableStates | null,
  ) {}

  slot(projection: AnyProjection): Slot {
    const key = `${projection.name}@${projection.version}`;
    let slot = this.slots.get(key);
    if (!slot) {
      const durable = projection.durable ? this.durable : null;
      slot = {
        serving: durable?.load(projection) ?? new ProjectionState(projection),
        generation: 0,
        built: durable?.built(projection) ?? false,
        last: 0,
        fed: null,
        rebuild: null,
        epoch: 0,
        claimedUntil: 0,
        usedAt: this.now(),
        passedOver: 0,
        changed: new Bell(),
        durable,
      };
      this.slots.set(key, slot);
    }
    return slot;
  }

  async status(projection: AnyProjection): Promise<GenerationsStatus> {
    const { generation, built, fed, rebuild } = this.slot(projection);
    return { serving: generation, built, previous: isUnderWay(rebuild) ? null : (fed?.generation ?? null), rebuild };
  }

  async awaitsBuild(projection: AnyProjection): Promise<boolean> {
    const slot = this.slot(projection);
    if (!slot.built) slot.passedOver += 1;
    return !slot.built;
  }

  async begin(projection: AnyProjection, startedAt: string): Promise<void> {
    const slot = this.slot(projection);
    if (isUnderWay(slot.rebuild)) return;
    const generation = slot.built ? slot.last + 1 : slot.generation;
    slot.last = Math.max(slot.last, generation);
    slot.fed = { state: slot.built ? new ProjectionState(projection) : slot.serving, generation, positions: {} };
    slot.rebuild = { generation, state: 'building', done: 0, total: 0, rate: null, startedAt, finishedAt: null, error: null, comparison: null };
    endClaim(slot);
  }

  async claim(projection: AnyProjection, { takeOver }: { takeOver?: number } = {}): Promise<Claim | null> {
    const slot = this.slot(projection);
    if (!slot.fed || (takeOver === undefined ? slot.claimedUntil > this.now() : slot.fed.generation !== takeOver)) return null;
    slot.epoch += 1;
    slot.claimedUntil = this.now() + CLAIM_MS;
    const { state, generation, positions } = slot.fed;
    return { generation, epoch: slot.epoch, underWay: isUnderWay(slot.rebuild), isEmpty: state.marks.size === 0 && state.rows.count() === 0, positions, room: Infinity };
  }

  async read(projection: AnyProjection, claim: Claim, keys: { streams: readonly string[]; rows: readonly string[] }): Promise<BuiltState> {
    const { state } = this.claimed(projection, claim).fed;
    return { marks: pick(state.marks, keys.streams), rows: new Map([...pick(state.rows, keys.rows)].map(([id, row]) => [id, { row, partitions: [] }])) };
  }

  async checkpoint(projection: AnyProjection, claim: Claim, write: BuiltWrite, progress: RebuildProgress): Promise<void> {
    const slot = this.claimed(projection, claim);
    this.write(projection, slot, write);
    slot.claimedUntil = this.now() + CLAIM_MS;
    if (slot.rebuild) slot.rebuild = { ...slot.rebuild, ...progress };
  }

  async compare(projection: AnyProjection, claim: Claim, size: number): Promise<GenerationsComparison> {
    const { serving, fed } = this.claimed(projection, claim);
    const unequal = [...new Set([...serving.marks.keys(), ...fed.state.marks.keys()])].flatMap((streamId) => {
      const [a, b] = [serving, fed.state].map(({ marks }) => marks.get(streamId) ?? NONE);
      return a!.applied === b!.applied ? [] : [{ streamId, from: Math.min(a!.applied, b!.applied), to: Math.max(a!.applied, b!.applied) }];
    });
    const sample = new RowSample(size);
    for (const { rows } of [serving, fed.state]) for (const [id] of rows.entries()) sample.offer(id);
    const rows = sample.ids().map((id) => ({ id, serving: serving.rows.get(id) ?? null, claimed: fed.state.rows.get(id) ?? null }));
    return { behind: behindOf(serving, fed.state, new Map()), unequal: unequal.slice(0, LISTED_STREAMS), rows };
  }

  async switchOver(projection: AnyProjection, claim: Claim, { tail, state, at, beyond }: Switch): Promise<{ switched: boolean; behind: readonly BehindStream[] }> {
    for (let attempt = 1; attempt <= TAILS; attempt++) {
      const { passedOver } = this.claimed(projection, claim);
      const rest = await tail();
      if (!rest) break;
      const claimed = this.claimed(projection, claim);
      if (claimed.passedOver !== passedOver) continue; // the logs are longer than what was read
      this.write(projection, claimed, rest);
      const { serving, generation, fed } = claimed;
      const slot: Slot = claimed;
      const behind = behindOf(serving, fed.state, beyond);
      if (behind.length > 0) return { switched: false, behind };
      if (fed.state !== serving) slot.durable?.replace(projection, fed.state);
      slot.serving = fed.state;
      slot.generation = fed.generation;
      slot.fed = fed.state === serving || beyond.size > 0 ? null : { state: serving, generation, positions: rest.positions };
      slot.durable?.setBuilt(projection);
      slot.built = true;
      slot.rebuild = slot.rebuild && { ...slot.rebuild, state, finishedAt: at, rate: null, error: null };
      endClaim(slot);
      slot.changed.ring();
      return { switched: true, behind: [] };
    }
    return { switched: false, behind: [] };
  }

  async release(projection: AnyProjection, { epoch }: Claim): Promise<void> {
    const slot = this.slot(projection);
    if (slot.epoch === epoch) endClaim(slot);
  }

  async discard(projection: AnyProjection, claim: Claim, failure?: { error: string; at: string }): Promise<void> {
    const slot: Slot = this.claimed(projection, claim);
    slot.fed = null;
    if (failure && slot.rebuild) slot.rebuild = { ...slot.rebuild, state: 'failed', error: failure.error, finishedAt: failure.at, rate: null };
    endClaim(slot);
  }

  async noteUse(projection: AnyProjection): Promise<void> {
    this.slot(projection).usedAt = this.now();
  }

  /** What is durable is a few marks, and stays. */
  async dropUnused({ name, version }: AnyProjection, unusedMs: number): Promise<number[]> {
    const dropped: number[] = [];
    for (const [key, slot] of this.slots) {
      const older = key.startsWith(`${name}@`) ? Number(key.slice(name.length + 1)) : version;
      if (older >= version || slot.durable || this.now() - slot.usedAt < unusedMs) continue;
      this.slots.delete(key);
      if (slot.built || slot.fed) dropped.push(older);
    }
    return dropped;
  }

  private write(projection: AnyProjection, slot: Claimed, { rows, marks, parked, positions }: BuiltWrite): void {
    for (const { row } of rows.values()) if (row) assertStorable(row);
    const write = { rows: new Map([...rows].map(([id, { row }]) => [id, row])), marks: new Map([...marks].map(([id, { accepted, applied }]) => [id, { accepted, applied }])), parked };
    if (slot.fed.state === slot.serving) slot.durable?.write(projection, write);
    slot.fed.state.write(write);
    slot.fed.positions = positions;
    if (slot.fed.state === slot.serving && marks.size > 0) slot.changed.ring();
  }

  private claimed(projection: AnyProjection, { epoch, generation }: Claim): Claimed {
    const slot = this.slot(projection);
    if (slot.epoch !== epoch || slot.fed?.generation !== generation) throw new Superseded(`generation ${generation} of ${projection.name}`);
    return slot as Claimed;
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

type Claimed = Slot & { fed: NonNullable<Slot['fed']> };

function behindOf(serving: ProjectionState, claimed: ProjectionState, beyond: BeyondLog): BehindStream[] {
  const behind: BehindStream[] = [];
  for (const [streamId, { accepted }] of serving.marks) {
    const has = claimed.marks.get(streamId)?.accepted ?? 0;
    if (has < requiredOf(beyond, streamId, accepted)) behind.push({ streamId, accepted: has, serving: accepted });
    if (behind.length === LISTED_STREAMS) break;
  }
  return behind;
}

function endClaim(slot: Slot): void {
  slot.epoch += 1;
  slot.claimedUntil = 0;
}
