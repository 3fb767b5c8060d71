import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { type Actor, type Clock, type CommandResult, type EventStore, type NewCommit, noAuditLog, noMetrics } from '@keyfold/event-sourcing';
import { LogBook, realClock } from '@keyfold/event-sourcing/testing';
import { EmbeddedProjectionStore, EVENT_LOG, InProcessTransport, localFeeds, openDataFolder, relayStateInMemory, SNAPSHOTS, SqliteEventStore, SqliteKeyStore, SqliteSnapshotStore, SqliteVerifyJobs, VERIFY_JOBS } from '@keyfold/event-sourcing-embedded';
import { type Adapters, type AggregateCommand, CommandEdge, Commands, Problems, systemIds } from '@keyfold/event-sourcing-nest';
import { AesKeyWrap, AesVault, PlatformProblems, readConfig } from '@keyfold/platform';
import { AccountsModule } from '../src/accounts.module.js';

export const DEADLINE_MS = 5_000;

const EVERYBODYS: Actor = { subject: 'test', memberId: null, roles: ['service', 'director', 'hr'] };

@Module({ providers: [{ provide: Problems, useClass: PlatformProblems }], exports: [Problems] })
class ProblemsModule {}

/** A log that stores the commits of a write one by one; `before` may hold one up, or throw where the process is to end. */
export const oneByOne = (store: EventStore, before: (commit: NewCommit) => unknown): EventStore =>
  new Proxy(store, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'append') return member.bind(target) as unknown;
      return async (...commits: NewCommit[]): Promise<void> => {
        for (const commit of commits) {
          await before(commit);
          await target.append(commit);
        }
      };
    },
  });

/** The service on a real log in SQLite, without its relay: every event in it comes from a command of the test, and read models stay empty. */
export class AccountsService {
  private constructor(
    private readonly app: INestApplicationContext,
    private readonly time: { now: number; calls: number },
    private readonly start: (store?: EventStore) => Promise<INestApplicationContext>,
    private readonly end: () => Promise<void>,
  ) {}

  /** `around` wraps the log, and may hold an append up. */
  static async start(around: (store: EventStore) => EventStore = (store) => store): Promise<AccountsService> {
    const data = mkdtempSync(join(tmpdir(), 'keyfold-accounts-'));
    const folder = openDataFolder(data);
    const time = { now: Date.parse('2026-03-02T10:00:00.000Z'), calls: 0 };
    const clock: Clock = { ...realClock, now: () => new Date(time.now) };
    const log = new SqliteEventStore('accounts', folder.database('accounts', EVENT_LOG), { clock });
    const personKeys = SqliteKeyStore.open(folder, (masterKey) => new AesKeyWrap(masterKey));
    const adapters: Adapters = {
      store: log,
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
      failpoint: () => undefined,
      metrics: noMetrics,
      audit: noAuditLog,
      retention: { auditDays: 400, unusedVersionDays: 14 },
      verifyJobs: new SqliteVerifyJobs(folder.database('verifications', VERIFY_JOBS), clock),
      volatile: true,
      cursorKey: Buffer.alloc(32),
      lead: (work, signal) => work(relayStateInMemory(), signal),
      close: async () => folder.close(),
    };
    const config = readConfig({ KEYFOLD_DEMO: 'true', KEYFOLD_COMMAND_DEADLINE_MS: String(DEADLINE_MS) });
    const apps: INestApplicationContext[] = [];
    const start = async (store: EventStore = log): Promise<INestApplicationContext> => {
      const imports = [CqrsModule.forRoot(), { module: ProblemsModule, global: true }, AccountsModule.on({ ...adapters, store }, config)];
      const app = await NestFactory.createApplicationContext({ module: class {}, imports }, { logger: false });
      apps.push(app);
      return app;
    };
    return new AccountsService(await start(around(log)), time, start, async () => {
      for (const app of apps) await app.close();
      await adapters.close();
      rmSync(data, { recursive: true });
    });
  }

  /** Another process of it, which nothing holds up: nothing shared but the log. Ends with this one. */
  async another(): Promise<AccountsService> {
    return new AccountsService(await this.start(), this.time, this.start, this.end);
  }

  pass(ms: number): void {
    this.time.now += ms;
  }

  /** A command; `by` somebody who covers everybody and whatever nobody owns, and under a `key` of its own, unless it is said otherwise. */
  run<Command extends AggregateCommand>(type: Type<Command>, id: string, body: Partial<Command>, { by = EVERYBODYS, key = `key-${++this.time.calls}` }: { by?: Actor; key?: string } = {}): Promise<CommandResult> {
    const principal = { ...by };
    const caller = { principal, id, idempotencyKey: key, expectedVersion: null, correlationId: null, traceparent: null, language: 'en' as const, waitMs: 2_000 };
    return this.app.get(CommandEdge, { strict: false }).run(Object.assign(new type(), body), caller);
  }

  get commands(): Commands {
    return this.app.get(Commands, { strict: false });
  }

  stop(): Promise<void> {
    return this.end();
  }
}
