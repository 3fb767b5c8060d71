import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type AggregateContract, EventRegistry, type NewCommit, policy, projection, type RecordedEvent, upcastFrom } from '@keyfold/event-sourcing';
import { counterContract, eventually, LogBook, someCommit, someEvent } from '@keyfold/event-sourcing/testing';
import { type Adapters, EventSourcingModule, Scopes, ServiceRuntime, startRuntimes, systemClock } from '@keyfold/event-sourcing-nest';
import { embeddedAdapters } from './adapters/embedded.js';
import { createApplication } from './application.js';
import { Authenticator } from './auth/authenticator.js';
import { DemoIdentity } from './auth/demo-identity.js';
import { DEMO_ISSUER } from './config.js';
import { MetricsRegistry } from './telemetry/metrics-registry.js';

const contract = { ...counterContract, service: 'accounts' } as AggregateContract<never>;
const broken = new Set<number>();
const steps = projection<{ id: string; seen: readonly number[] }>({
  name: 'steps',
  version: 1,
  follows: [contract],
  fold: (row, event: RecordedEvent, id) => {
    const { by } = event.data as { by: number };
    if (broken.has(by)) throw new RangeError(`cannot fold ${by}`);
    return { id, seen: [...(row?.seen ?? []), by] };
  },
});

class NobodysScopes extends Scopes {
  override of = async () => ({ memberId: null, covers: () => false, coversAccount: () => false });
}

const data = mkdtempSync(join(tmpdir(), 'keyfold-operations-'));
const metrics = new MetricsRegistry();
let app: NestFastifyApplication;
let adapters: Adapters;
let identity: DemoIdentity;

/** One service with one read model, on the embedded adapters, as the standalone program runs it. */
beforeAll(async () => {
  identity = await DemoIdentity.open(null, 'keyfold', systemClock);
  const log = new LogBook();
  adapters = embeddedAdapters(['accounts'], { data, cursorKey: Buffer.alloc(32), cacheMb: 64, auditDays: 400, unusedVersionDays: 14 }, { log, metrics, failpoint: () => undefined }).get('accounts')!;
  const definition = { service: 'accounts', registry: new EventRegistry([contract]), projections: [steps] };
  const service = EventSourcingModule.forService(definition, adapters, [{ provide: Scopes, useClass: NobodysScopes }]);
  const authenticator = new Authenticator({ issuer: DEMO_ISSUER, audience: 'keyfold', keys: identity.keys, serviceToken: 'c0ffee'.repeat(8), clock: systemClock });
  app = await createApplication({ services: [service], authenticator, log });
  await startRuntimes([app.get(ServiceRuntime, { strict: false })]);
  broken.add(13);
  for (const [stream, ...by] of [['1', 1, 13, 2, 3], ['2', 13], ['3', 4]] as const) await adapters.store.append(commitOf(`counter-${stream}`, by));
  await eventually(async () => expect(await adapters.projections.countDeadLetters(steps)).toBe(4));
});
afterAll(async () => {
  const runtime = app.get(ServiceRuntime, { strict: false });
  await app.close();
  await runtime.stop();
  rmSync(data, { recursive: true });
});

const commitOf = (streamId: string, by: readonly number[]): NewCommit => someCommit(streamId, 0, { events: by.map((n) => someEvent({ by: n })) });

async function call(method: 'GET' | 'POST', path: string, payload?: object, user = 'operator') {
  const answer = await app.inject({ method, url: `/ops/accounts/${path}`, payload, headers: { authorization: `Bearer ${await identity.token(user)}` } });
  return { status: answer.statusCode, body: answer.json() as Record<string, any> };
}
const places = (body: Record<string, any>): string[] => (body['items'] as { streamId: string; version: number }[]).map(({ streamId, version }) => `${streamId}@${version}`);

describe('operations over HTTP', () => {
  it('are for operators; auditors look', async () => {
    for (const path of ['dead-letters', 'lag', 'status', 'audit']) expect([(await call('GET', path, undefined, 'auditor')).status, (await call('GET', path, undefined, 'kam')).status]).toEqual([200, 403]);
    for (const path of ['dead-letters/retry', 'dead-letters/discard', 'verify']) expect((await call('POST', path, {}, 'auditor')).status).toBe(403);
  });

  it('list the dead letters page by page', async () => {
    const first = await call('GET', 'dead-letters?limit=3');
    expect([places(first.body), first.body['next']]).toEqual([['counter-1@2', 'counter-1@3', 'counter-1@4'], 'steps/counter-1/4']);
    const second = await call('GET', `dead-letters?limit=3&cursor=${encodeURIComponent(first.body['next'] as string)}`);
    expect([places(second.body), second.body['next']]).toEqual([['counter-2@1'], null]);
    expect(places((await call('GET', 'dead-letters?projection=steps&kind=queued')).body)).toEqual(['counter-1@3', 'counter-1@4']);
    for (const [query, status] of [['projection=nothing', 404], ['kind=odd', 400], ['cursor=odd', 400], ['limit=x', 400]] as const) expect((await call('GET', `dead-letters?${query}`)).status).toBe(status);
  });

  it('show one with its event as stored', async () => {
    const { body } = await call('GET', 'dead-letters/steps/counter-1/2');
    expect(body).toMatchObject({ kind: 'poison', cause: 'RangeError: cannot fold 13', event: { streamId: 'counter-1', version: 2, type: 'test.counter.counted', data: { by: 13 }, eventId: expect.any(String) } });
    expect((await call('GET', 'dead-letters/steps/counter-3/1')).status).toBe(404);
  });

  it('tell lag, dead letters and what was measured', async () => {
    const lag = await call('GET', 'lag');
    expect(lag.body['items']).toContainEqual({ projection: 'steps', events: 0, exact: true, oldestSeconds: null, deadLetters: 4 });
    const { body } = await call('GET', 'status');
    expect(body).toMatchObject({ service: 'accounts', version: expect.stringMatching(/^\d+\.\d+\.\d+$/), position: 3, leading: true, projections: expect.arrayContaining([expect.objectContaining({ name: 'steps', built: true })]) });
    expect(metrics.text()).toContain('keyfold_event_store_appends_total{outcome="stored",service="accounts"} 3');
    expect(metrics.text()).toMatch(/keyfold_events_parked_total\{projection="steps"\} 4/);
  });

  it('discard the head alone, with a reason that is kept', async () => {
    const place = { projection: 'steps', streamId: 'counter-1' };
    expect((await call('POST', 'dead-letters/discard', { ...place, version: 2 })).status).toBe(400);
    const refused = await call('POST', 'dead-letters/discard', { ...place, version: 3, reason: 'no use' });
    expect([refused.status, refused.body['code'], refused.body['title']]).toEqual([422, 'dead-letter-not-head', 'Only the event at the head of the queue can be discarded: that is version 2, not 3.']);
    expect(await call('POST', 'dead-letters/discard', { ...place, version: 2, reason: 'typed by mistake' })).toMatchObject({ status: 200, body: { left: 2 } });
    const [entry] = (await call('GET', 'audit?limit=1')).body['items'] as object[];
    const [commit] = await adapters.store.load('counter-1');
    expect(entry).toMatchObject({
      actor: 'demo:operator',
      action: 'dead-letter-discarded',
      subject: 'counter-1@2',
      details: { projection: 'steps', reason: 'typed by mistake', eventId: commit!.events[1]!.eventId, cause: 'RangeError: cannot fold 13' },
    });
  });

  it('apply again what can be applied, and say what is left', async () => {
    expect((await call('POST', 'dead-letters/retry', { projection: 'steps', streamId: 'counter-1' })).body).toEqual({ applied: 2, left: 0, cause: null });
    expect((await call('POST', 'dead-letters/retry', { projection: 'steps', streamId: 'counter-2' })).body).toEqual({ applied: 0, left: 1, cause: 'RangeError: cannot fold 13' });
    expect(await adapters.projections.view(steps).get('1')).toMatchObject({ seen: [1, 2, 3] });
  });

  it('verify as a job that is asked for its progress', async () => {
    const verified = async () => {
      const { status, body } = await call('POST', 'verify', { projection: 'steps' });
      expect(status).toBe(202);
      return eventually(async () => {
        const job = await call('GET', `verify/${body['id'] as string}`);
        expect(job.body['state']).toBe('done');
        return job.body;
      }, { deadlineMs: 20_000 });
    };
    expect(await verified()).toMatchObject({ done: 3, total: 3, results: [{ projection: 'steps', ok: true, discarded: 1, parked: { streams: 1, letters: 1 } }] });
    await adapters.projections.transact(steps, { partition: 'p', streams: [], rows: ['3'] }, () => ({ marks: new Map(), rows: new Map([['3', { id: '3', seen: [5] }]]), parked: [] }));
    expect(await verified()).toMatchObject({ results: [{ ok: false, findings: [{ kind: 'row-different', row: '3', fields: ['seen'] }] }] });
    expect((await call('GET', 'verify/unknown')).status).toBe(404);
    expect((await call('POST', 'verify', { projection: 'nothing' })).status).toBe(404);
  });

  it('keep the audit log, newest first, in pages', async () => {
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await call('GET', `audit?limit=2${cursor}`);
      seen.push(...(body['items'] as { action: string }[]).map(({ action }) => action));
      if (body['next'] === null) break;
      cursor = `&cursor=${encodeURIComponent(body['next'] as string)}`;
    }
    expect(seen).toEqual(['read-models-verified', 'read-models-verified', 'dead-letters-retried', 'dead-letters-retried', 'dead-letter-discarded', 'event-parked', 'event-parked']);
  });
});

describe('an upgrade', () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyfold-upgrade-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The service with a policy, in the release that knows the events of `own`. */
  async function release(own: AggregateContract<never>, work: (adapters: Adapters, reactedTo: ReadonlySet<unknown>) => Promise<void>): Promise<void> {
    const reactedTo = new Set<unknown>(); // a reaction is pure, and may be asked for more than once
    const log = new LogBook();
    const on = embeddedAdapters(['accounts'], { data: folder, cursorKey: Buffer.alloc(32), cacheMb: 64, auditDays: 400, unusedVersionDays: 14 }, { log, metrics, failpoint: () => undefined }).get('accounts')!;
    const watching = policy({ name: 'watching', follows: [own], react: (event) => (reactedTo.add((event.data as { by: number }).by), []) });
    const definition = { service: 'accounts', registry: new EventRegistry([own]), projections: [], policies: [watching] };
    const authenticator = new Authenticator({ issuer: DEMO_ISSUER, audience: 'keyfold', keys: identity.keys, serviceToken: 'c0ffee'.repeat(8), clock: systemClock });
    const running = await createApplication({ services: [EventSourcingModule.forService(definition, on, [{ provide: Scopes, useClass: NobodysScopes }])], authenticator, log });
    const runtime = running.get(ServiceRuntime, { strict: false });
    await startRuntimes([runtime]);
    try {
      await work(on, reactedTo);
    } finally {
      await running.close();
      await runtime.stop();
    }
  }
  const marksOf = (on: Adapters) => on.projections.marks(projection({ name: 'policy-watching', version: 1, follows: [], fold: () => null, durable: true }), ['counter-1']);

  it('drains by itself what the release before could not read', async () => {
    await release(contract, async (on) => {
      await on.store.append(someCommit('counter-1', 0, { events: [{ ...someEvent({ by: 7 }), schemaVersion: 2 }, someEvent({ by: 1 })] }));
      await eventually(async () => expect((await marksOf(on)).get('counter-1')).toEqual({ accepted: 2, applied: 0 }));
    });
    const newer = { ...contract, events: { 'test.counter.counted': { version: 2, upcast: upcastFrom<object>().to((data) => data) } } } as unknown as AggregateContract<never>;
    await release(newer, async (on, reactedTo) => {
      await eventually(async () => expect((await marksOf(on)).get('counter-1')).toEqual({ accepted: 2, applied: 2 }), { deadlineMs: 10_000 });
      expect([...reactedTo]).toEqual([7, 1]);
    });
  });
});
