import type { CommandContext, CommandResult } from './command.js';
import { CommandIdReused } from './errors.js';
import type { Commit, EventRegistry } from './events.js';
import type { Vault } from './personal-data.js';
import type { EventStore } from './ports.js';

/** What commands gave when they were appended, by command id: a command that is repeated gets it again. */
export class FirstResults {
  constructor(
    private readonly store: EventStore,
    private readonly registry: EventRegistry,
    private readonly vault: Vault,
  ) {}

  /** Null where the command id is new. Throws CommandIdReused when it belongs to another command. */
  async of(id: string, context: CommandContext): Promise<CommandResult | null> {
    const commit = await this.store.findCommand(context.commandId);
    if (!commit) return null;
    if (!(await this.isSameCommand(commit, context))) throw new CommandIdReused(context.commandId);
    return { id, version: commit.expectedVersion + commit.events.length, events: commit.events.map((event) => event.type) };
  }

  /** The personal part of the body is compared with what the commit encrypted of it; what an erasure has closed can only be taken for the same. */
  private async isSameCommand(commit: Commit, { commandHash, personal }: CommandContext): Promise<boolean> {
    if (commit.commandHash === personal?.formerHash) return true;
    if (commit.commandHash !== commandHash) return false;
    if (!personal) return true;
    for (const { type, schemaVersion, data } of commit.events) {
      const current = this.registry.upcast(type, schemaVersion, data) as Record<string, unknown>;
      for (const field of (this.registry.knows(type) && this.registry.spec(type).personal?.fields) || []) {
        const text = typeof current[field] === 'string' ? await this.vault.decrypt(current[field]) : null;
        if (text !== null && !personal.texts.includes(text)) return false;
      }
    }
    return true;
  }
}
