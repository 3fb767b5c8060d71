import { Inject, Injectable } from '@nestjs/common';
import { type ErasureFacts, type ErasureGround, personContract, type PersonOwner } from '@keyfold/contracts';
import { type CommandResult, type Commit, NotFound, streamOf } from '@keyfold/event-sourcing';
import { ADAPTERS, type Adapters, type AggregateCommand, Commands, SERVICE, type ServiceDefinition } from '@keyfold/event-sourcing-nest';
import { SERVICES } from '../config.js';
import { Settings } from '../deployment.js';
import { LONGEST_KEPT_MS } from './aes-vault.js';
import { assertRequested, personOf } from './person.aggregate.js';

/** What whoever asked for an erasure gets. Times are RFC 3339 in UTC; null where it has not come to that, or where nobody knows. */
export interface ErasureReceipt {
  readonly personId: string;
  readonly state: 'requested' | 'erased';
  readonly ground: ErasureGround;
  /** Subject of the token that asked. */
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly destroyedAt: string | null;
  /** When the erasure took its place in the log that every service reads. */
  readonly announcedAt: string | null;
  readonly key: ErasureFacts['key'] | null;
  /** Until when what was copied before the destruction may still be read. */
  readonly horizon: {
    /** No process keeps a key for longer. */
    readonly cachesUntil: string | null;
    /** The log of the key store (the oplog of MongoDB): the wrapped key leaves it by then, at the speed at which it was written to. */
    readonly storeLogUntil: string | null;
    /** By KEYFOLD_BACKUP_RETENTION_DAYS. A backup opens only together with the master key. */
    readonly backupsUntil: string | null;
  };
  /** Which services have heard of it and let go of the key; null: the service did not answer. */
  readonly services: readonly { readonly service: string; readonly forgotten: boolean | null }[];
  /** What stays for ever. */
  readonly remains: readonly ('opaque-ids' | 'ciphertext-without-a-key')[];
}

const HOUR_MS = 3_600_000;

/**
 * Erases persons whose keys this service owns. The order carries the crash argument: the request is in the log before the key is destroyed, and the key is destroyed before
 * `erased` is in the log. So whatever stands in the log as requested and not as erased is unfinished, every step can be repeated, and the next call or the policy that follows
 * the request finishes it; and nobody reads `erased` while a key is left.
 */
@Injectable()
export class Erasures {
  private readonly person;
  private readonly owner: PersonOwner;

  constructor(
    private readonly commands: Commands,
    private readonly settings: Settings,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
    @Inject(SERVICE) definition: ServiceDefinition,
  ) {
    this.owner = definition.service as PersonOwner;
    this.person = personOf(this.owner);
  }

  /** Throws NotFound for a person of whom this service has never kept anything: a mistyped id is not a receipt. */
  async request(command: AggregateCommand, ground: ErasureGround): Promise<CommandResult> {
    await this.commands.unlessRepeated(command, async () => {
      if ((await this.adapters.personKeys.keyFor(command.id, false)) === null) throw new NotFound('person', command.id);
    });
    const requested = await this.commands.create(this.person.decider, command, (person) => this.person.requestErasure(person, ground));
    return command.context.dryRun ? requested : this.carryOut(command);
  }

  async carryOut(command: AggregateCommand): Promise<CommandResult> {
    const { personKeys, vault, audit, failpoint, clock } = this.adapters;
    await failpoint('after-erasure-request');
    const { state } = await this.commands.load(this.person.decider, command.id);
    assertRequested(state);
    if (state.status === 'erased') return this.record(command, null);
    const storeLogHours = await personKeys.lingersHours();
    const key = await personKeys.destroy(command.id);
    vault.forget(command.id);
    const destroyedAt = clock.now().toISOString();
    await failpoint('after-key-destruction');
    const subject = streamOf(this.person.decider.contract, command.id);
    await audit.write({ at: destroyedAt, actor: command.context.actor.subject, action: 'person-erased', subject, details: { key } });
    const result = await this.record(command, { facts: { key, storeLogHours, backupDays: this.settings.backupRetentionDays }, destroyedAt });
    await failpoint('after-erasure');
    return result;
  }

  /** From the log itself. Throws NotFound when nobody asked for the erasure. */
  async receipt(personId: string): Promise<ErasureReceipt & { readonly version: number }> {
    const streamId = streamOf(personContract(this.owner), personId);
    const events = (await this.adapters.store.load(streamId)).flatMap((commit) => commit.events.map((event) => ({ ...event, commit })));
    const requested = events.find(({ type }) => type.endsWith('.erasure-requested'));
    const erased = events.find(({ type }) => type.endsWith('.erased'));
    if (!requested) throw new NotFound('erasure', personId);
    const facts = erased && (erased.data as ErasureFacts);
    const after = (ms: number | null): string | null => (erased && ms !== null ? new Date(Date.parse(erased.occurredAt) + ms).toISOString() : null);
    return {
      version: events.length,
      personId,
      state: erased ? 'erased' : 'requested',
      ground: (requested.data as { ground: ErasureGround }).ground,
      requestedBy: requested.commit.actor.subject,
      requestedAt: requested.occurredAt,
      destroyedAt: erased?.occurredAt ?? null,
      announcedAt: erased?.commit.recordedAt ?? null,
      key: facts?.key ?? null,
      horizon: {
        cachesUntil: after(LONGEST_KEPT_MS),
        storeLogUntil: after(facts?.storeLogHours == null ? null : facts.storeLogHours * HOUR_MS),
        backupsUntil: after(facts?.backupDays == null ? null : facts.backupDays * 24 * HOUR_MS),
      },
      services: await this.forgottenBy(streamId, erased?.commit),
      remains: ['opaque-ids', 'ciphertext-without-a-key'],
    };
  }

  /** The mark of the erasure's commit, in each service. */
  private forgottenBy(streamId: string, erased: Commit | undefined): Promise<ErasureReceipt['services']> {
    const { erasureNotes } = this.adapters;
    const version = erased ? erased.expectedVersion + erased.events.length : null;
    return Promise.all(SERVICES.map(async (service) => ({ service, forgotten: version !== null && (await erasureNotes.noted(service, streamId, version)) })));
  }

  /** Under a command id of its own, so that a repeated call finds its own commit. */
  private record(command: AggregateCommand, erasure: { facts: ErasureFacts; destroyedAt: string } | null): Promise<CommandResult> {
    return this.commands.also(this.person.decider, command.id, command, 'erased', (person) =>
      erasure ? this.person.recordErasure(person, erasure.facts, erasure.destroyedAt) : [],
    );
  }
}
