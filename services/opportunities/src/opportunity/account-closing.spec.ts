import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type EventStore, type Failpoint, Unavailable } from '@keyfold/event-sourcing';
import { within } from '@keyfold/event-sourcing/testing';
import { OpportunitiesService } from '../../test/service.js';
import { AttachAccount } from './attach-account.js';
import { LoseOpportunity } from './lose-opportunity.js';
import { OpenOpportunity } from './open-opportunity.js';
import { RecordOpportunity } from './record-opportunity.js';
import { ReopenOpportunity } from './reopen-opportunity.js';

const provenance = { source: 'crm', entity: 'deals', rowKey: '1', run: 'run-1' };
const opened = { accountId: 'acme', name: 'Fleet', motion: 'hunting' as const };
const recorded = { name: 'Fleet', motion: 'hunting' as const, stage: 'qualified' as const, ownerId: 'dora', openedOn: '2017-01-10', provenance };
const closing = { name: 'DomainError', code: 'account-closing' };

let service: OpportunitiesService;
afterEach(() => service.stop());

const open = (key?: string) => service.run(OpenOpportunity, 'd1', opened, { key });

/** Holds the first command that passes the place until it is let go. */
function gate(place: string): { failpoint: Failpoint; reached: Promise<void>; open(): void } {
  const [reached, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let passed = false;
  const failpoint: Failpoint = async (name) => {
    if (name !== place || passed) return;
    passed = true;
    reached.resolve();
    await go.promise;
  };
  return { failpoint, reached: within(5_000, reached.promise), open: go.resolve };
}

/** Fails the first command that passes the place, as if the process had died there. */
function crash(place: string): Failpoint {
  let passed = false;
  return (name) => {
    if (name !== place || passed) return;
    passed = true;
    throw new Error('crash');
  };
}

describe('opening a deal on an account that is closing', () => {
  it('is refused behind the barrier, and nothing is left of it', async () => {
    service = await OpportunitiesService.start();
    await service.guard('raise-barrier');
    await expect(open()).rejects.toMatchObject(closing);
    expect(await service.openOf('d1')).toBe(0);
  });

  it('is refused behind a barrier that another process raised', async () => {
    service = await OpportunitiesService.start();
    await service.guard('raise-barrier', 'c0');
    await service.guard('lower-barrier', 'c0');
    await service.raiseBarrierElsewhere('c1');
    await expect(open()).rejects.toMatchObject(closing);
  });

  it('is taken back when the barrier went up between its first look and its append', async () => {
    const held = gate('before-append');
    service = await OpportunitiesService.start({ failpoint: held.failpoint });
    const deal = open();
    await held.reached;
    await service.guard('raise-barrier');
    held.open();
    await expect(deal).rejects.toMatchObject(closing);
    await service.guard('answer');
    expect(await service.openOf('d1')).toBe(0);
  });

  it('is taken back even when the guard has said meanwhile that nothing is open', async () => {
    const held = gate('before-append');
    service = await OpportunitiesService.start({ failpoint: held.failpoint });
    const deal = open();
    await held.reached;
    await service.guard('raise-barrier');
    await service.guard('answer');
    held.open();
    await expect(deal).rejects.toMatchObject(closing);
    expect(await service.openOf('d1')).toBe(0);
    await service.guard('raise-barrier', 'c2');
    await service.guard('answer', 'c2');
    await expect(open('another')).rejects.toMatchObject(closing);
  });

  it('goes through when it is counted before its second look: the barrier comes down', async () => {
    const held = gate('after-append');
    service = await OpportunitiesService.start({ failpoint: held.failpoint });
    const deal = open();
    await held.reached;
    await service.guard('raise-barrier');
    await service.guard('answer');
    held.open();
    await expect(deal).resolves.toMatchObject({ id: 'd1', version: 1 });
    expect(await service.openOf('d1')).toBe(1);
    await expect(service.run(OpenOpportunity, 'd2', opened)).resolves.toMatchObject({ version: 1 });
  });

  it('is counted when its process died before the second look', async () => {
    service = await OpportunitiesService.start({ failpoint: crash('after-append') });
    await expect(open('k')).rejects.toThrow('crash');
    await service.guard('raise-barrier');
    await service.guard('answer');
    expect(await service.openOf('d1')).toBe(1);
    await expect(open('k')).resolves.toMatchObject({ version: 1 });
  });

  it('is too late after the command deadline: it may not be appended any more', async () => {
    let looks = 0;
    const slow = (store: EventStore): EventStore =>
      new Proxy(store, {
        get: (target, name) => {
          const method = Reflect.get(target, name) as unknown;
          if (typeof method !== 'function') return method;
          return (...args: unknown[]) => {
            if (name === 'load' && args[0] === 'dealguard-acme' && ++looks === 1) service.pass(5_001);
            return method.apply(target, args) as unknown;
          };
        },
      });
    service = await OpportunitiesService.start({ around: slow });
    await expect(open()).rejects.toBeInstanceOf(Unavailable);
    expect(await service.openOf('d1')).toBe(0);
  });
});

describe('a repeated opening', () => {
  it('gets its first result when the barrier was raised long after it', async () => {
    service = await OpportunitiesService.start();
    await open('k');
    await service.guard('raise-barrier');
    await expect(open('k')).resolves.toMatchObject({ id: 'd1', version: 1 });
    expect(await service.openOf('d1')).toBe(1);
  });

  it('is refused again when it was taken back, also after the barrier came down', async () => {
    const held = gate('before-append');
    service = await OpportunitiesService.start({ failpoint: held.failpoint });
    const deal = open('k');
    await held.reached;
    await service.guard('raise-barrier');
    held.open();
    await expect(deal).rejects.toMatchObject(closing);
    await service.guard('lower-barrier');
    await expect(open('k')).rejects.toMatchObject(closing);
    expect(await service.openOf('d1')).toBe(0);
  });
});

describe('what else becomes open on a closing account', () => {
  it('a reopened deal is lost again, as it was', async () => {
    const held = gate('before-append');
    let armed = false;
    service = await OpportunitiesService.start({ failpoint: (name) => (armed ? held.failpoint(name) : undefined) });
    await open();
    await service.run(LoseOpportunity, 'd1', { reason: 'price' });
    armed = true;
    const reopening = service.run(ReopenOpportunity, 'd1', { reason: 'they called' });
    await held.reached;
    await service.guard('raise-barrier');
    await service.guard('answer');
    held.open();
    await expect(reopening).rejects.toMatchObject(closing);
    expect(await service.openOf('d1')).toBe(0);
  });

  it('a deal without an account is not attached behind the barrier', async () => {
    service = await OpportunitiesService.start();
    await service.run(RecordOpportunity, 'd1', recorded);
    await service.guard('raise-barrier');
    await expect(service.run(AttachAccount, 'd1', { accountId: 'acme' })).rejects.toMatchObject(closing);
    await service.guard('answer');
    expect(await service.openOf('d1')).toBe(0);
    await expect(service.run(OpenOpportunity, 'd2', opened)).rejects.toMatchObject(closing);
  });

  it('a deal that was attached before the barrier is counted, though its stream lies under another key', async () => {
    service = await OpportunitiesService.start();
    await service.run(RecordOpportunity, 'd1', recorded);
    await service.run(AttachAccount, 'd1', { accountId: 'acme' });
    await service.guard('raise-barrier');
    await service.guard('answer');
    await expect(service.run(OpenOpportunity, 'd2', opened)).resolves.toMatchObject({ version: 1 });
  });

  it('an open deal of an import is refused, a closed one is not', async () => {
    service = await OpportunitiesService.start();
    await service.guard('raise-barrier');
    await expect(service.run(RecordOpportunity, 'd1', { ...recorded, accountId: 'acme' })).rejects.toMatchObject(closing);
    const outcome = { result: 'lost' as const, closedOn: '2017-03-01' };
    await expect(service.run(RecordOpportunity, 'd2', { ...recorded, accountId: 'acme', outcome })).resolves.toMatchObject({ version: 2 });
  });
});

describe('whatever the order', () => {
  it('an account of which it was said that nothing is open has nothing open', async () => {
    let scheduler: fc.Scheduler | null = null;
    service = await OpportunitiesService.start({ around: (store) => inOrderOf(store, () => scheduler) });
    let round = 0;
    let granted = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (order) => {
        const n = ++round;
        const [account, fresh, lost, stray, told] = ['account', 'fresh', 'lost', 'stray', 'told'].map((name) => `${name}-${n}`) as [string, string, string, string, string];
        const on = { ...opened, accountId: account };
        await service.know(account);
        await service.run(OpenOpportunity, lost, on);
        await service.run(LoseOpportunity, lost, { reason: 'price' });
        await service.run(RecordOpportunity, stray, recorded);

        scheduler = order;
        const race = [
          service.guard('raise-barrier', `c-${n}`, account).then(() => service.guard('answer', `c-${n}`, account)),
          service.run(OpenOpportunity, fresh, on),
          service.run(ReopenOpportunity, lost, { reason: 'they called' }),
          service.run(AttachAccount, stray, { accountId: account }),
          service.run(RecordOpportunity, told, { ...recorded, accountId: account }),
        ];
        await order.waitFor(Promise.allSettled(race));
        scheduler = null;

        const barred = await service.run(OpenOpportunity, `probe-${n}`, on).then(() => false, (error: { code?: string }) => error.code === 'account-closing');
        if (barred) granted += 1;
        expect(barred ? await service.openOf(fresh, lost, stray, told) : 0).toBe(0);
      }),
      { numRuns: 150 },
    );
    expect(granted).toBeGreaterThan(0);
    expect(granted).toBeLessThan(round);
  }, 30_000);
});

/** Lets a scheduler decide which of the calls to the log that wait is served next; without one they are served at once. */
function inOrderOf(store: EventStore, scheduler: () => fc.Scheduler | null): EventStore {
  return new Proxy(store, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as unknown;
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        await scheduler()?.schedule(Promise.resolve(), `${String(name)} ${JSON.stringify(args[0]).slice(0, 40)}`);
        return method.apply(target, args) as unknown;
      };
    },
  });
}
