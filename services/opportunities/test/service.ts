import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { registry } from '@keyfold/contracts';
import { type Actor, Aggregates, type Clock, type CommandResult, type EventStore, type Failpoint, incomingOfCommit, noAuditLog, noMetrics, type Projection, Projector, Rebuilder } from '@keyfold/event-sourcing';
import { LogBook, realClock, someContext } from '@keyfold/event-sourcing/testing';
import { EmbeddedProjectionStore, EVENT_LOG, InProcessTransport, localFeeds, openDataFolder, relayStateInMemory, SNAPSHOTS, SqliteEventStore, SqliteKeyStore, SqliteSnapshotStore, SqliteVerifyJobs, VERIFY_JOBS } from '@keyfold/event-sourcing-embedded';
import { type Adapters, type AggregateCommand, type Caller, CommandEdge, CommandRoutes, Commands, Edge, LocalSender, Problems, type ScopedQuery, systemIds } from '@keyfold/event-sourcing-nest';
import { accountDirectory, AesKeyWrap, AesVault, type DirectoryAccount, guardOf, PlatformProblems, readConfig } from '@keyfold/platform';
import { isDeal, opportunity } from '../src/opportunity/opportunity.aggregate.js';
import { OpportunitiesModule } from '../src/opportunities.module.js';

export const START = Date.parse('2026-03-02T10:00:00.000Z');

@Module({ providers: [{ provide: Problems, useClass: PlatformProblems }], exports: [Problems] })
class ProblemsModule {}

/** The service on a real log in SQLite, without its relay: every event in it comes from a command of the test. */
export class OpportunitiesService {
  private calls = 0;

  private constructor(
    private readonly app: INestApplicationContext,
    private readonly time: { now: number },
    private readonly adapters: Adapters,
    private readonly end: () => Promise<void>,
  ) {}

  /** `around` wraps the log, `failpoint` stands in the command path: both may hold a command up or let it fail. */
  static async start({ around = (store) => store, failpoint = () => undefined }: { around?: (store: EventStore) => EventStore; failpoint?: Failpoint } = {}): Promise<OpportunitiesService> {
    const data = mkdtempSync(join(tmpdir(), 'keyfold-opportunities-'));
    const folder = openDataFolder(data);
    const time = { now: START };
    const clock: Clock = { ...realClock, now: () => new Date(time.now) };
    const log = new SqliteEventStore('opportunities', folder.database('opportunities', EVENT_LOG), { clock });
    const personKeys = SqliteKeyStore.open(folder, (masterKey) => new AesKeyWrap(masterKey));
    const adapters: Adapters = {
      store: around(log),
      projections: new EmbeddedProjectionStore({ clock, database: null }),
      snapshots: new SqliteSnapshotStore(folder.database('snapshots', SNAPSHOTS)),
      cacheBytes: 1_000_000,
      transport: new InProcessTransport(clock),
      feeds: localFeeds([log]),
      vault: new AesVault(personKeys, clock),
      personKeys,
      erasureNotes: { noted: async () => null, spread: async () => undefined },
      clock,
      ids: systemIds,
      log: new LogBook(),
      failpoint,
      metrics: noMetrics,
      audit: noAuditLog,
      retention: { auditDays: 400, unusedVersionDays: 14 },
      verifyJobs: new SqliteVerifyJobs(folder.database('verifications', VERIFY_JOBS), clock),
      volatile: true,
      cursorKey: Buffer.alloc(32),
      lead: (work, signal) => work(relayStateInMemory(), signal),
      close: async () => folder.close(),
    };
    const imports = [CqrsModule.forRoot(), { module: ProblemsModule, global: true }, OpportunitiesModule.on(adapters, readConfig({ KEYFOLD_DEMO: 'true', KEYFOLD_COMMAND_DEADLINE_MS: '5000' }))];
    const app = await NestFactory.createApplicationContext({ module: class {}, imports }, { logger: false });
    const service = new OpportunitiesService(app, time, adapters, async () => {
      await app.close();
      await adapters.close();
      rmSync(data, { recursive: true });
    });
    await service.know('acme');
    return service;
  }

  /** An active account, as the directory would have it from accounts. */
  async know(id: string, ownerId?: string): Promise<void> {
    const owners = ownerId === undefined ? [] : [{ ownerId, from: '2026-01-01T00:00:00.000Z' }];
    const account: DirectoryAccount = { id, name: id.toUpperCase(), sector: null, tier: null, status: 'active', statusBefore: 'active', successorId: null, owners, team: [], memberIds: owners.map(({ ownerId }) => ownerId) };
    await this.adapters.projections.transact(accountDirectory, { partition: 'accounts.events.v1/0', streams: [], rows: [id] }, () => ({ marks: new Map(), rows: new Map([[id, account]]), parked: [] }));
  }

  pass(ms: number): void {
    this.time.now += ms;
  }

  /** A director's command, or another's. The same key means the same command. */
  run<Command extends AggregateCommand>(type: Type<Command>, id: string, body: Partial<Command>, { key = `key-${++this.calls}`, as = DORA } = {}): Promise<CommandResult> {
    return this.app.get(CommandEdge, { strict: false }).run(Object.assign(new type(), body), callerOf(as, id, key));
  }

  ask<Result>(query: ScopedQuery<Result>, as: Actor, id: string | null = null): Promise<Result> {
    return this.app.get(Edge, { strict: false }).ask(query, callerOf(as, id, null));
  }

  /** Keeps a read model of the service from its log, when told to. */
  projector<Row extends object>(projection: Projection<Row>) {
    const { store, projections, feeds, clock, log } = this.adapters;
    const tools = { registry, feeds, clock, log };
    const projector = new Projector(projection, projections, tools);
    const rebuilder = new Rebuilder(projection, projections, { ...tools, metrics: noMetrics, audit: noAuditLog, failpoint: () => undefined });
    return {
      /** Delivers the whole log, also what was delivered before. */
      deliver: async () => projector.apply('opportunities.events.v1/0', (await store.feed(0, 1_000)).flatMap((commit) => incomingOfCommit('opportunities', commit, registry))),
      rebuild: async () => {
        await rebuilder.start('operator');
        await rebuilder.work(new AbortController().signal);
      },
      rows: () => projections.view(projection).find({ limit: 100 }),
    };
  }

  /** A command on the guard of the account, as the closure process sends it. */
  async guard(command: 'raise-barrier' | 'answer' | 'lower-barrier', closureId = 'c1', accountId = 'acme'): Promise<void> {
    const sender = new LocalSender('opportunities', this.app.get(CommandRoutes, { strict: false }), this.app.get(CommandEdge, { strict: false }));
    await sender.send({ name: `guards/${command}`, id: accountId, body: { closureId }, commandId: `${closureId}-${command}`, correlationId: 'closure', causationId: 'closure', traceparent: null });
  }

  /** The barrier as another process of the service raises it, which shares nothing with this one but the log. */
  async raiseBarrierElsewhere(closureId: string): Promise<void> {
    const { store, clock, ids, vault, failpoint } = this.adapters;
    const elsewhere = new Aggregates(store, registry, { clock, ids, vault, failpoint, cacheBytes: 100_000 });
    const { decider, raiseBarrier } = guardOf('opportunities');
    await elsewhere.execute(decider, 'acme', someContext({ now: clock.now().toISOString() }), (guard) => raiseBarrier(guard, closureId));
  }

  /** How many of these deals are open on an account, from the log. */
  async openOf(...ids: readonly string[]): Promise<number> {
    const commands = this.app.get(Commands, { strict: false });
    const deals = await Promise.all(ids.map(async (id) => (await commands.load(opportunity, id)).state));
    return deals.filter((deal) => isDeal(deal) && deal.state === 'open' && deal.accountId !== null).length;
  }

  stop(): Promise<void> {
    return this.end();
  }
}

export const DORA: Actor = { subject: 'dora', memberId: 'dora', roles: ['director'] };

const callerOf = (principal: Actor, id: string | null, idempotencyKey: string | null): Caller => ({
  principal,
  id,
  idempotencyKey,
  expectedVersion: null,
  correlationId: null,
  traceparent: null,
  language: 'en',
  waitMs: 2_000,
});
