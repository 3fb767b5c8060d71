import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, Aggregates, EventRegistry, processContract, type ProcessManager, projection, Rebuilder, type RelayState } from '@keyfold/event-sourcing';
import { eventually, LogBook, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { relayStateInMemory } from '@keyfold/event-sourcing-embedded';
import { type Adapters, type CommandSender, Housekeeping, ServiceRuntime, startRuntimes } from '@keyfold/event-sourcing-nest';
import { MetricsRegistry } from '../telemetry/metrics-registry.js';
import { embeddedAdapters } from './embedded.js';

const contract = processContract('accounts', 'alarm', 'alarm');
const alarm: ProcessManager<null> = { name: 'alarm', contract, follows: [], instanceOf: () => null, initial: null, evolve: () => null, react: () => [] };
const registry = new EventRegistry([contract as AggregateContract<never>]);
const nobody: CommandSender = { send: () => Promise.reject(new Error('nothing is sent here')) };

let data: string;
let adapters: Adapters;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'keyfold-adapters-'));
  adapters = embeddedAdapters(['accounts'], { data, cursorKey: Buffer.alloc(32), cacheMb: 64, auditDays: 400, unusedVersionDays: 14 }, { log: new LogBook(), metrics: new MetricsRegistry(), failpoint: () => undefined }).get('accounts')!;
});
afterEach(() => rmSync(data, { recursive: true }));

describe('the housekeeping of a service', () => {
  const seen = projection<{ id: string }>({ name: 'seen', version: 1, follows: [contract as AggregateContract<never>], rowsOf: () => [], fold: () => null });
  const rebuilderOf = (version: number) => new Rebuilder({ ...seen, version }, adapters.projections, { ...adapters, registry });
  const forEver = new AbortController().signal;

  it('keeps the audit log for as long as it is told, and the rows of a version until no process has run it for so long', async () => {
    await Promise.all([1, 2].map((version) => rebuilderOf(version).work(forEver)));
    const entry = (at: string) => adapters.audit.write({ at, actor: 'olga', action: 'rebuild-started', subject: 'seen', details: {} });
    const day = 24 * 3_600_000;
    const ago = (days: number) => new Date(Date.now() - days * day).toISOString();
    for (const days of [500, 401, 399]) await entry(ago(days));

    await new Housekeeping('accounts', [rebuilderOf(2)], adapters).sweep(forEver);
    expect((await adapters.audit.read({ limit: 10 })).map(({ at }) => Math.round((Date.now() - Date.parse(at)) / day))).toEqual([399]);
    expect(await adapters.projections.built({ ...seen, version: 1 })).toBe(true);

    await new Housekeeping('accounts', [rebuilderOf(2)], { ...adapters, retention: { auditDays: 400, unusedVersionDays: 0 } }).sweep(forEver);
    expect([await adapters.projections.built({ ...seen, version: 1 }), await adapters.projections.built({ ...seen, version: 2 })]).toEqual([false, true]);
    expect((await adapters.audit.read({ limit: 1 }))[0]).toMatchObject({ actor: 'housekeeping', action: 'unused-versions-dropped', subject: 'seen', details: { versions: '1' } });
  });

  it('says of the versions of its process that they are in use', async () => {
    const noted = new Set<number>();
    const { generations } = adapters.projections;
    const note = generations.noteUse.bind(generations);
    generations.noteUse = async (of) => {
      noted.add(of.version);
      await note(of);
    };
    const stop = new AbortController();
    const running = new Housekeeping('accounts', [rebuilderOf(2)], adapters).run(stop.signal);
    await eventually(async () => expect([...noted]).toEqual([2]));
    stop.abort();
    await running;
  });
});

describe('the timers of a service', () => {
  it('fire where the log is led, for as long as the term lasts', async () => {
    const set = async (instance: string) =>
      adapters.store.append(someCommit(`alarm-${instance}`, 0, { events: [someEvent({ timer: 'ring', at: '2026-01-01T00:00:00.000Z' }, 'accounts.alarm.timer-set')] }));
    await set('first');
    let work: ((relay: RelayState, term: AbortSignal) => Promise<void>) | undefined;
    const lead: Adapters['lead'] = async (given) => {
      work = given;
    };
    const { store, clock, ids, vault, failpoint } = adapters;
    const aggregates = new Aggregates(store, registry, { clock, ids, vault, failpoint, cacheBytes: 10_000 });
    const runtime = new ServiceRuntime({ service: 'accounts', registry, projections: [], processes: [alarm] }, { ...adapters, lead }, aggregates, nobody);
    try {
      await startRuntimes([runtime]);
      await store.changed(await store.lastPosition(), 200); // nothing comes, for as long as it is watched
      expect(await store.head('alarm-first')).toBe(1);
      const term = new AbortController();
      const leading = work!(relayStateInMemory(), term.signal);
      await eventually(async () => expect(await store.head('alarm-first')).toBe(2));
      term.abort();
      await leading;
    } finally {
      await runtime.stop();
    }
  });
});
