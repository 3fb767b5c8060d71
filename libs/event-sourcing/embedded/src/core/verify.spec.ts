import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, type AnyProjection, DeadLetters, policy, PolicyRunner, projection, type Projection, Projector, verify, type VerifyOptions } from '@keyfold/event-sourcing';
import { counted, counter, counterContract, type CounterEvent, eventually, someContext } from '@keyfold/event-sourcing/testing';
import type { EmbeddedProjectionStore } from '../embedded-projection-store.js';
import { incoming, live, testService, type TestService } from '../../test/service.js';

interface Total {
  readonly id: string;
  readonly total: number;
  readonly note?: string | null;
}

const follows = [counterContract as AggregateContract<never>];
const broken = new Set<number>();

/** A row per group of counters, and one per counter. */
const totals: Projection<Total> = projection<Total>({
  name: 'totals',
  version: 1,
  follows,
  rowsOf: (event) => [(event.data as { group: string }).group, event.streamId],
  fold: (row, event, id) => {
    const { by } = event.data as { by: number };
    if (broken.has(by)) throw new RangeError(`cannot fold ${by}`);
    return by === 0 && id === event.streamId ? null : { id, total: (row?.total ?? 0) + by };
  },
});

let service: TestService;
let store: EmbeddedProjectionStore;
beforeEach(() => {
  service = testService();
  store = service.projections();
  broken.clear();
});
afterEach(() => service.close());

const add = (id: string, group: string, ...by: number[]) => service.aggregates.execute(counter, id, someContext(), () => by.map((n) => counted(n, group)));
const check = (of: AnyProjection = totals, options: Partial<VerifyOptions> = {}) => verify(of, { store, ...service.tools }, { seed: 7, ...options });
const applied = async (to = new Projector(totals, store, service.tools)) => to.apply('p/0', incoming(service, await service.store.feed(0, 10_000)));
const write = (rows: readonly (readonly [string, Total | null])[], marks: readonly (readonly [string, { accepted: number; applied: number }])[] = []) =>
  store.transact(totals, { partition: 'p/0', streams: [], rows: rows.map(([id]) => id) }, () => ({ rows: new Map(rows), marks: new Map(marks), parked: [] }));

/** Twenty counters in three groups; the rows of some were deleted again. */
async function portfolio(): Promise<void> {
  for (let i = 0; i < 20; i++) await add(String(i), `g${i % 3}`, i, 1);
  await add('5', 'g2', 0);
  await applied();
}

describe('verifying a read model', () => {
  it('finds nothing where there is nothing to find, in whatever order of the streams and in however many passes', async () => {
    await portfolio();
    for (const options of [{ seed: 1 }, { seed: 2 }, { commitsPerPass: 4 }])
      expect(await check(totals, options)).toMatchObject({ projection: 'totals', ok: true, found: 0, unproved: 0, events: 41, streams: 20, rows: 22, parked: { streams: 0, letters: 0 } });
  });

  it.each<[string, () => Promise<void>, object]>([
    ['a field that was changed', () => write([['g1', { id: 'g1', total: 1_000 }]]), { kind: 'row-different', row: 'g1', fields: ['total'] }],
    ['a field that was added', () => write([['counter-3', { id: 'counter-3', total: 4, note: null }]]), { kind: 'row-different', row: 'counter-3', fields: ['note'] }],
    ['a row that is gone', () => write([['counter-3', null]]), { kind: 'row-missing', row: 'counter-3' }],
    ['a row of nowhere', () => write([['counter-99', { id: 'counter-99', total: 1 }]]), { kind: 'row-extra', row: 'counter-99' }],
    ['a row that was deleted by its events', () => write([['counter-5', { id: 'counter-5', total: 1 }]]), { kind: 'row-extra', row: 'counter-5' }],
    ['a mark that was put back', () => write([], [['counter-3', { accepted: 1, applied: 1 }]]), { kind: 'stream-behind', stream: 'counter-3', head: 2, marks: { accepted: 1, applied: 1 } }],
    ['a mark that was put forward', () => write([], [['counter-3', { accepted: 9, applied: 9 }]]), { kind: 'mark-ahead', stream: 'counter-3', head: 2, marks: { accepted: 9, applied: 9 } }],
    ['a mark of no stream', () => write([], [['counter-77', { accepted: 1, applied: 1 }]]), { kind: 'mark-without-stream', stream: 'counter-77', head: 0, marks: { accepted: 1, applied: 1 } }],
  ])('finds %s, in one pass and in many', async (_name, damage, finding) => {
    await portfolio();
    await damage();
    for (const options of [{}, { commitsPerPass: 4 }]) {
      const { ok, found, findings } = await check(totals, options);
      expect({ ok, found, findings }).toEqual({ ok: false, found: 1, findings: [finding] });
    }
  });

  it('finds a fold that depends on the order between streams', async () => {
    const last: Projection<Total> = { ...totals, name: 'last', rowsOf: () => ['last'], fold: (_row, event, id) => ({ id, total: (event.data as { by: number }).by }) };
    for (let i = 0; i < 10; i++) await add(String(i), 'g', i);
    await applied(new Projector(last, store, service.tools));
    expect(await check(last)).toMatchObject({ ok: false, findings: [{ kind: 'row-different', row: 'last', fields: ['total'] }] });
  });

  it('takes parked events for what they are: visible, and missing from the rows', async () => {
    broken.add(13);
    await portfolio();
    const { ok, parked } = await check();
    expect({ ok, parked }).toEqual({ ok: true, parked: { streams: 1, letters: 2 } });
    await store.transact(totals, { partition: 'p/0', streams: [], rows: [] }, () => ({ marks: new Map(), rows: new Map(), parked: [], drained: new Map([['counter-13', 2]]) }));
    expect(await check()).toMatchObject({ ok: false, findings: [{ kind: 'letters-missing', stream: 'counter-13' }] });
  });

  it('knows what was discarded, and that what is behind it was not', async () => {
    broken.add(13);
    await portfolio();
    const letters = new DeadLetters(store, service.tools);
    const projector = new Projector(totals, store, service.tools);
    await letters.discard(projector, { streamId: 'counter-13', version: 1 }, async () => undefined);
    await letters.retry(projector, 'counter-13');
    expect(await check()).toMatchObject({ ok: true, discarded: 1, parked: { streams: 0, letters: 0 } });
    await write([['counter-13', { id: 'counter-13', total: 14 }]]);
    expect(await check()).toMatchObject({ ok: false, findings: [{ kind: 'row-different', row: 'counter-13' }] });
  });

  it('says of an event that its mark has passed and that cannot be folded', async () => {
    await portfolio();
    broken.add(13);
    expect(await check()).toMatchObject({ ok: false, findings: expect.arrayContaining([{ kind: 'unfoldable', stream: 'counter-13', version: 1, cause: 'RangeError: cannot fold 13' }]) });
  });

  it('proves of a policy that its marks are at the heads', async () => {
    const quiet = policy<CounterEvent>({ name: 'quiet', follows, react: () => [] });
    const runner = new PolicyRunner(quiet, store, { ...service.tools, sender: service.sender });
    await portfolio();
    await applied(runner as never);
    expect(await check(runner.projection)).toMatchObject({ ok: true, streams: 20, rows: 0 });
    await add('1', 'g1', 1);
    expect(await check(runner.projection)).toMatchObject({ ok: false, findings: [{ kind: 'stream-behind', stream: 'counter-1', head: 3 }] });
  });

  it('lists no more than a hundred findings, and counts them all', async () => {
    for (let i = 0; i < 120; i++) await add(String(i), 'g', 1);
    const { found, findings, unproved } = await check();
    expect([found, findings.length, unproved]).toEqual([120, 100, 121]);
  });

  it('calls nothing different that only moves: events go on coming and being applied meanwhile', async () => {
    await portfolio();
    const projector = new Projector(totals, store, service.tools);
    let busy = true;
    await live(service, [projector], async () => {
      const traffic = (async () => {
        for (let i = 0; busy; i++) {
          await add(String(i % 25), `g${i % 3}`, 1);
          await service.clock.wait(1); // let the others have the thread
        }
      })();
      // Whatever is read of the log is old by the time the rows are looked at.
      const late = { ...service.tools.feeds, lastPosition: async (name: string) => {
        const position = await service.tools.feeds.lastPosition(name);
        await eventually(async () => expect(await service.store.lastPosition()).toBeGreaterThan(position + 3));
        return position;
      } };
      for (let i = 0; i < 3; i++) expect(await verify(totals, { store, ...service.tools, feeds: late }, { seed: i })).toMatchObject({ found: 0 });
      busy = false;
      await traffic;
      await eventually(async () => expect(await check()).toMatchObject({ ok: true, unproved: 0 }));
    });
  });
});
