import { beforeEach, describe, expect, it } from '@jest/globals';
import { Superseded } from '../errors.js';
import type { BeyondLog, BuiltWrite, Claim, Generations } from '../generations.js';
import type { ProjectionStore } from '../ports.js';
import type { Projection } from '../projection.js';
import { eventually } from './eventually.js';
import { type ContractRow, folded } from './rows.js';
import { realClock } from './tools.js';

const AT = '2026-01-01T00:00:00.000Z';

const NOTHING = folded([]);

/** Blue and green: what a rebuild, its resumption, its switch and the way back rest on (G8). */
export function describeGenerations(given: () => { store: ProjectionStore; rows: Projection<ContractRow> }): void {
  describe('generations', () => {
    let store: ProjectionStore;
    let rows: Projection<ContractRow>;
    let generations: Generations;
    beforeEach(() => {
      ({ store, rows } = given());
      ({ generations } = store);
    });

    const status = () => generations.status(rows);
    const served = async (): Promise<string[]> => (await store.view(rows).find({ limit: 10 })).map((row) => row.id);
    const mark = (streamId: string, version: number, row: ContractRow): Promise<void> =>
      store.transact(rows, { partition: 'contract.events.v1/0', streams: [streamId], rows: [row.id] }, () => ({
        marks: new Map([[streamId, { accepted: version, applied: version }]]),
        rows: new Map([[row.id, row]]),
        parked: [],
      }));
    const claimed = async (takeOver?: number): Promise<Claim> => (await generations.claim(rows, { takeOver }))!;
    const write = (claim: Claim, what: BuiltWrite) => generations.checkpoint(rows, claim, what, {});
    const switchOver = (claim: Claim, tail: () => Promise<BuiltWrite | null> = async () => NOTHING, beyond: BeyondLog = new Map()) =>
      generations.switchOver(rows, claim, { state: 'switched', at: AT, beyond, tail });
    /** A built generation with the row `old` serves; a second one is begun. */
    const rebuilding = async (): Promise<Claim> => {
      await store.setBuilt(rows);
      await mark('thing-1', 1, { id: 'old' });
      await generations.begin(rows, AT);
      return claimed();
    };

    it('remember that a version was built', async () => {
      expect(await store.built(rows)).toBe(false);
      await store.setBuilt(rows);
      expect(await store.built(rows)).toBe(true);
      await store.prepare({ ...rows, version: 2 });
      expect(await store.built({ ...rows, version: 2 })).toBe(false);
    });

    it('the first one is built in its place, and batches wait for it', async () => {
      expect(await generations.awaitsBuild(rows, 'contract.events.v1/0')).toBe(true);
      await generations.begin(rows, AT);
      const claim = await claimed();
      expect(claim.generation).toBe((await status()).serving);
      await write(claim, folded([{ id: 'a' }], { 'thing-1': 1 }));
      expect(await generations.awaitsBuild(rows, 'contract.events.v1/0')).toBe(true);
      expect(await switchOver(claim, async () => folded([{ id: 'b' }], { 'thing-2': 1 }))).toEqual({ switched: true, behind: [] });
      expect(await generations.awaitsBuild(rows, 'contract.events.v1/0')).toBe(false);
      expect(await status()).toMatchObject({ built: true, previous: null, rebuild: { state: 'switched', finishedAt: AT } });
      expect(await served()).toEqual(['a', 'b']);
    });

    it('no batch is passed over behind the end of the tail', async () => {
      await generations.begin(rows, AT);
      let passedOver: Promise<boolean> | undefined;
      let tails = 0;
      await switchOver(await claimed(), async () => {
        tails += 1;
        passedOver ??= generations.awaitsBuild(rows, 'contract.events.v1/0');
        return NOTHING;
      });
      // Either it was told to be applied, or the tail was read once more after it.
      expect((await passedOver) === false || tails > 1).toBe(true);
    }, 30_000);

    it('fill up unseen and serve from the moment of the switch, with the tail', async () => {
      const claim = await rebuilding();
      const serving = store.view(rows);
      await write(claim, folded([{ id: 'new' }], { 'thing-1': 3 }));
      expect(await served()).toEqual(['old']);
      expect((await store.marks(rows, ['thing-1'])).get('thing-1')).toEqual({ accepted: 1, applied: 1 });
      await switchOver(claim, async () => folded([{ id: 'newest' }], { 'thing-2': 1 }, { contract: 7 }));
      expect((await serving.find({ limit: 10 })).map((row) => row.id)).toEqual(['new', 'newest']);
      expect(await serving.get('old')).toBeNull();
      expect(Object.fromEntries(await store.marks(rows, ['thing-1', 'thing-2']))).toMatchObject({ 'thing-1': { applied: 3 }, 'thing-2': { applied: 1 } });
      await mark('thing-1', 4, { id: 'new-2' });
      expect(await served()).toEqual(['new', 'new-2', 'newest']);
    });

    it('are not switched while the new one has accepted less of a single stream, and nothing of the tail stays', async () => {
      const claim = await rebuilding();
      await write(claim, folded([{ id: 'new' }], { 'thing-1': 1 }));
      await mark('thing-2', 2, { id: 'old-2' });
      const tail = async () => folded([{ id: 'newer' }], { 'thing-3': 1 });
      expect(await switchOver(claim, tail)).toEqual({ switched: false, behind: [{ streamId: 'thing-2', accepted: 0, serving: 2 }] });
      expect(await served()).toEqual(['old', 'old-2']);
      await mark('thing-2', 3, { id: 'old-2' });
      await write(claim, folded([{ id: 'new-2' }], { 'thing-2': 3 }));
      expect(await switchOver(claim)).toEqual({ switched: true, behind: [] });
      expect(await served()).toEqual(expect.arrayContaining(['new', 'new-2']));
    });

    it('are switched past a mark beyond the log, once they have what the log has, and only as long as it stands where it was seen', async () => {
      const claim = await rebuilding();
      await write(claim, folded([{ id: 'new' }], { 'thing-1': 1 }));
      await mark('thing-2', 9, { id: 'old-2' });
      const behind = { switched: false, behind: [{ streamId: 'thing-2', accepted: 0, serving: 9 }] };
      const past = (serving: number, head: number) => switchOver(claim, undefined, new Map([['thing-2', { serving, head }]]));
      expect(await past(9, 1)).toEqual(behind);
      expect(await past(8, 0)).toEqual(behind);
      expect(await served()).toEqual(['old', 'old-2']);
      expect(await past(9, 0)).toEqual({ switched: true, behind: [] });
      expect([await served(), (await status()).previous]).toEqual([['new'], null]);
    });

    it('lose no batch that comes in during the switch', async () => {
      const claim = await rebuilding();
      await write(claim, folded([{ id: 'new' }], { 'thing-1': 1 }));
      let late: Promise<void> | undefined;
      const outcome = await switchOver(claim, async () => {
        late ??= mark('thing-9', 1, { id: 'late' });
        await Promise.race([late, realClock.wait(200)]); // it may wait for the switch, or be through before
        return NOTHING;
      });
      await late;
      const { serving } = await status();
      if (outcome.switched) expect({ serving, rows: await served() }).toEqual({ serving: claim.generation, rows: ['late', 'new'] });
      else expect(outcome.behind).toEqual([{ streamId: 'thing-9', accepted: 0, serving: 1 }]);
    }, 30_000);

    it('are not switched when the tail is too long', async () => {
      const claim = await rebuilding();
      await write(claim, folded([], { 'thing-1': 1 }));
      expect(await switchOver(claim, async () => null)).toEqual({ switched: false, behind: [] });
      expect(await served()).toEqual(['old']);
    });

    it('take writes again when a switch broke off', async () => {
      const claim = await rebuilding();
      await expect(switchOver(claim, () => Promise.reject(new Error('no feed')))).rejects.toThrow('no feed');
      await mark('thing-2', 1, { id: 'old-2' });
      expect(await served()).toEqual(['old', 'old-2']);
      await write(claim, folded([], { 'thing-1': 1, 'thing-2': 1 }));
      expect((await switchOver(claim)).switched).toBe(true);
    }, 30_000);

    it('keep what was built and how far, for whoever claims it next', async () => {
      const claim = await rebuilding();
      await write(claim, folded([{ id: 'r1', kind: 'x' }], { 'thing-1': 2 }, { contract: 7 }));
      await generations.checkpoint(rows, claim, folded([], {}, { contract: 8 }), { state: 'catching-up', done: 8, total: 9, rate: 4 });
      await generations.release(rows, claim);
      const next = await claimed();
      expect(next).toMatchObject({ generation: claim.generation, underWay: true, positions: { contract: 8 } });
      const kept = await generations.read(rows, next, { streams: ['thing-1', 'thing-2'], rows: ['r1', 'r2'] });
      expect([Object.fromEntries(kept.marks), [...kept.rows].map(([, { row }]) => row)]).toEqual([{ 'thing-1': { accepted: 2, applied: 2 } }, [{ id: 'r1', kind: 'x' }]]);
      expect((await status()).rebuild).toEqual(
        { generation: claim.generation, state: 'catching-up', done: 8, total: 9, rate: 4, startedAt: AT, finishedAt: null, error: null, comparison: null },
      );
    });

    it('are fed by one at a time: a claim that was taken away writes nothing more', async () => {
      const claim = await rebuilding();
      expect(await generations.claim(rows)).toBeNull();
      const other = await claimed(claim.generation);
      await expect(write(claim, folded([{ id: 'zombie' }], { 'thing-7': 1 }))).rejects.toThrow(Superseded);
      await expect(switchOver(claim)).rejects.toThrow(Superseded);
      await expect(generations.discard(rows, claim)).rejects.toThrow(Superseded);
      await write(other, folded([{ id: 'new' }], { 'thing-1': 1 }));
      await switchOver(other);
      expect(await served()).toEqual(['new']);
    });

    it('a rebuild that is under way is not begun again', async () => {
      const claim = await rebuilding();
      await generations.begin(rows, '2026-02-02T00:00:00.000Z');
      await write(claim, folded([], { 'thing-1': 1 }));
      expect((await status()).rebuild).toMatchObject({ startedAt: AT, generation: claim.generation });
    });

    it('keep the one that served before, which can be fed and can serve again', async () => {
      const claim = await rebuilding();
      const before = (await status()).serving;
      expect((await status()).previous).toBeNull();
      await write(claim, folded([{ id: 'new' }], { 'thing-1': 1 }, { contract: 5 }));
      await switchOver(claim, async () => folded([], {}, { contract: 6 }));
      expect(await status()).toMatchObject({ serving: claim.generation, previous: before });

      await mark('thing-2', 1, { id: 'new-2' });
      const back = await claimed();
      expect(back).toMatchObject({ generation: before, underWay: false });
      expect(back).toMatchObject({ generation: before, positions: { contract: 6 } });
      const rollBack = () => generations.switchOver(rows, back, { state: 'rolled-back', at: AT, beyond: new Map(), tail: async () => NOTHING });
      expect(await rollBack()).toEqual({ switched: false, behind: [{ streamId: 'thing-2', accepted: 0, serving: 1 }] });
      await write(back, folded([{ id: 'old-2' }], { 'thing-2': 1 }));
      expect(await served()).toEqual(['new', 'new-2']);
      expect((await rollBack()).switched).toBe(true);
      expect(await served()).toEqual(['old', 'old-2']);
      expect(await status()).toMatchObject({ serving: before, previous: claim.generation, rebuild: { state: 'rolled-back' } });
    });

    it('let the previous one go when it is discarded, or when the next is begun', async () => {
      const first = await rebuilding();
      await write(first, folded([{ id: 'new' }], { 'thing-1': 1 }));
      await switchOver(first);
      const previous = (await status()).previous!;
      await generations.discard(rows, await claimed());
      expect(await status()).toMatchObject({ previous: null, rebuild: { state: 'switched' } });
      expect(await generations.claim(rows, { takeOver: previous })).toBeNull();
      expect(await served()).toEqual(['new']);

      await generations.begin(rows, AT);
      const second = await claimed();
      await write(second, folded([{ id: 'newer' }], { 'thing-1': 1 }));
      await switchOver(second);
      const follower = await claimed();
      await generations.begin(rows, AT);
      await expect(write(follower, NOTHING)).rejects.toThrow(Superseded);
      expect(await generations.claim(rows, { takeOver: follower.generation })).toBeNull();
      expect((await claimed()).generation).toBeGreaterThan(second.generation);
      expect(await served()).toEqual(['newer']);
    });

    it('that could not be built leave no trace', async () => {
      const claim = await rebuilding();
      await write(claim, folded([{ id: 'new' }]));
      await generations.discard(rows, claim, { error: 'Error: no', at: AT });
      expect(await status()).toMatchObject({ previous: null, rebuild: { state: 'failed', error: 'Error: no', finishedAt: AT } });
      expect(await served()).toEqual(['old']);
      await generations.begin(rows, AT);
      const next = await claimed();
      expect(next.generation).toBeGreaterThan(claim.generation);
      expect((await generations.read(rows, next, { streams: [], rows: ['new'] })).rows.size).toBe(0);
    });

    it('of a lower version go when no process has used it for so long, and are built anew by one that comes back', async () => {
      const claim = await rebuilding();
      const next = { ...rows, version: rows.version + 1 };
      await store.prepare(next);
      await generations.noteUse(rows);
      expect(await generations.dropUnused(next, 60_000)).toEqual([]);
      await write(claim, folded([{ id: 'new' }]));
      expect(await served()).toEqual(['old']);
      await eventually(async () => expect(await generations.dropUnused(next, 50)).toEqual([rows.version]));
      expect(await generations.dropUnused(next, 0)).toEqual([]);
      await expect(write(claim, NOTHING)).rejects.toThrow(Superseded);

      await store.prepare(rows);
      expect([await store.built(rows), await generations.awaitsBuild(rows, 'contract.events.v1/0')]).toEqual([false, true]);
      await generations.begin(rows, AT);
      const again = await claimed();
      expect(again).toMatchObject({ isEmpty: true, positions: {} });
      await write(again, folded([{ id: 'anew' }], { 'thing-1': 1 }));
      expect((await switchOver(again)).switched).toBe(true);
      await mark('thing-1', 2, { id: 'live' });
      expect(await served()).toEqual(['anew', 'live']);
    });

    it('are compared by their marks and by a sample of their rows', async () => {
      const claim = await rebuilding();
      await mark('thing-2', 2, { id: 'same' });
      await mark('thing-4', 1, { id: 'gone' });
      await write(claim, folded([{ id: 'old', kind: 'x' }, { id: 'same' }, { id: 'more' }], { 'thing-1': 1, 'thing-2': 1, 'thing-3': 4, 'thing-4': 1 }));
      const compared = await generations.compare(rows, claim, 10);
      expect(compared.behind).toEqual([{ streamId: 'thing-2', accepted: 1, serving: 2 }]);
      expect([...compared.unequal].sort((a, b) => (a.streamId < b.streamId ? -1 : 1))).toEqual([{ streamId: 'thing-2', from: 1, to: 2 }, { streamId: 'thing-3', from: 0, to: 4 }]);
      expect([...compared.rows].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
        { id: 'gone', serving: { id: 'gone' }, claimed: null },
        { id: 'more', serving: null, claimed: { id: 'more' } },
        { id: 'old', serving: { id: 'old' }, claimed: { id: 'old', kind: 'x' } },
        { id: 'same', serving: { id: 'same' }, claimed: { id: 'same' } },
      ]);
      const few = await generations.compare(rows, claim, 2);
      expect(few.rows).toHaveLength(2);
      expect(few.rows).toEqual((await generations.compare(rows, claim, 2)).rows);
    });
  });
}
