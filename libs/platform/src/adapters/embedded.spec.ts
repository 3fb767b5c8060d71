import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type AggregateContract, Aggregates, EventRegistry, processContract, type ProcessManager, type RelayState } from '@keyfold/event-sourcing';
import { eventually, LogBook, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { relayStateInMemory } from '@keyfold/event-sourcing-embedded';
import { type Adapters, type CommandSender, ServiceRuntime, startRuntimes } from '@keyfold/event-sourcing-nest';
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
  adapters = embeddedAdapters(['accounts'], { data, cursorKey: Buffer.alloc(32), cacheMb: 64 }, { log: new LogBook(), metrics: new MetricsRegistry(), failpoint: () => undefined }).get('accounts')!;
});
afterEach(() => rmSync(data, { recursive: true }));

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
