import type { CommandContext } from './command.js';
import type { Decider } from './decider.js';
import type { CommittedEvent, DomainEvent, EventRegistry, NewCommit } from './events.js';
import type { Vault } from './personal-data.js';
import type { Ids } from './ports.js';

interface Deciding {
  readonly decider: Pick<Decider<unknown, DomainEvent>, 'partitionKey'>;
  readonly id: string;
  readonly streamId: string;
  readonly context: CommandContext;
}

/** Makes the commits of what was decided. Event ids follow from the command id, so the same command makes the same events. Personal fields leave here as ciphertext. */
export class NewCommits {
  constructor(
    private readonly registry: EventRegistry,
    private readonly tools: { ids: Ids; vault: Vault },
  ) {}

  async of({ decider, id, streamId, context }: Deciding, on: { version: number; partitionKey: string | null }, decided: readonly DomainEvent[]): Promise<NewCommit> {
    return {
      commitId: this.tools.ids.next(),
      streamId,
      expectedVersion: on.version,
      partitionKey: on.partitionKey ?? decider.partitionKey?.(decided[0]!) ?? id,
      events: await Promise.all(decided.map((event, index) => this.committed(event, index, context))),
      commandId: context.commandId,
      commandHash: context.commandHash,
      actor: context.actor,
      correlationId: context.correlationId,
      causationId: context.causationId,
      traceparent: context.traceparent,
    };
  }

  private async committed(event: DomainEvent, index: number, { commandId, now }: CommandContext): Promise<CommittedEvent> {
    const spec = this.registry.spec(event.type);
    const data: Record<string, unknown> = { ...event.data };
    for (const field of spec.personal?.fields ?? [])
      if (typeof data[field] === 'string') data[field] = await this.tools.vault.encrypt(String(data[spec.personal!.of]), data[field]);
    return {
      eventId: this.tools.ids.derive(commandId, String(index)),
      type: event.type,
      schemaVersion: spec.version,
      occurredAt: event.occurredAt ?? now,
      ...(event.supersedes?.length && { supersedes: event.supersedes }),
      data,
    };
  }
}
