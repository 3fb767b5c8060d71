import { type Commit, type CommandContext, type Decider, type DomainEvent, type EventRegistry, type Fact, type StreamClaim, streamOf } from '@keyfold/event-sourcing';
import type { Recorded } from './client.js';
import type { CommandToSend, SimulatedCommand } from './service.js';

/** What a command has to write on another stream before. Once made, it finds nothing to do. */
export interface SimulatedClaim {
  readonly decider: Decider<any, any>;
  readonly id: string;
  decide(state: any): readonly DomainEvent[];
}

export const claimsOf = (command: SimulatedCommand, { id, body }: Pick<CommandToSend, 'id' | 'body'>, context: CommandContext): StreamClaim[] =>
  (command.claims?.(id, body) ?? []).map((claim) => {
    const step = `claim on ${claim.id}`;
    return { ...claim, context: { ...context, commandId: `${context.commandId}, ${step}`, commandHash: `${context.commandHash}, ${step}`, expectedVersion: null } };
  });

/** G1: what a command had to claim is in the log where its own commit is, whether anybody was told of it or not. */
export function* claimed({ commandId, command, id, body }: Recorded, log: readonly Commit[], registry: EventRegistry): Generator<string> {
  if (!command.claims || !log.some((commit) => commit.commandId === commandId)) return;
  for (const { decider, id: of, decide } of command.claims(id, body)) {
    let state: unknown = decider.initial;
    for (const fact of factsOf(streamOf(decider.contract, of), log, registry)) state = decider.evolve(state, fact);
    if (decide(state).length > 0) yield `G1 ${commandId} is in the log without its claim on ${of}`;
  }
}

export const factsOf = (streamId: string, log: readonly Commit[], registry: EventRegistry): Fact<DomainEvent>[] =>
  log
    .filter((commit) => commit.streamId === streamId)
    .flatMap((commit) =>
      commit.events.map((event, i) => {
        const data = registry.upcast(event.type, event.schemaVersion, event.data);
        return { ...event, data, version: commit.expectedVersion + i + 1, supersedes: event.supersedes ?? [] } as Fact<DomainEvent>;
      }),
    );
