import { type Commit, type CommandContext, type Decider, type DomainEvent, type EventRegistry, type Fact, type OtherStreams, type StreamWrite, streamOf } from '@keyfold/event-sourcing';
import type { Recorded } from './client.js';
import type { CommandToSend, SimulatedCommand } from './service.js';

/** What a command writes on another stream. Once made, it finds nothing to do. */
export interface SimulatedWrite {
  readonly decider: Decider<any, any>;
  readonly id: string;
  decide(state: any): readonly DomainEvent[];
}

export function otherStreamsOf({ claims, follows }: SimulatedCommand, { id, body }: Pick<CommandToSend, 'id' | 'body'>, context: CommandContext): OtherStreams<unknown> {
  const writes = (step: string, made: readonly SimulatedWrite[] = []): StreamWrite[] =>
    made.map((write) => ({
      ...write,
      context: { ...context, commandId: stepOf(context.commandId, step, write), commandHash: stepOf(context.commandHash, step, write), expectedVersion: null },
    }));
  return { claims: writes('claim', claims?.(id, body)), ...(follows && { follow: () => writes('follow', follows(id, body)) }) };
}

const stepOf = (command: string, step: string, { id }: SimulatedWrite): string => `${command}, ${step} on ${id}`;

/**
 * G1: what a command had to claim is in the log where its own commit is, whether anybody was told of it or not; what follows it is there once somebody was told that it is done, and only
 * where its own commit is.
 */
export function* writtenBeside({ commandId, command, id, body, outcome }: Recorded, log: readonly Commit[], registry: EventRegistry): Generator<string> {
  const isInLog = (wanted: string): boolean => log.some((commit) => commit.commandId === wanted);
  for (const claim of command.claims?.(id, body) ?? [])
    if (isInLog(commandId) && isMissing(claim, log, registry)) yield `G1 ${commandId} is in the log without its claim on ${claim.id}`;
  for (const write of command.follows?.(id, body) ?? []) {
    if (outcome === 'done' && isMissing(write, log, registry)) yield `G1 ${commandId} was acknowledged and what follows on ${write.id} is not in the log`;
    if (isInLog(stepOf(commandId, 'follow', write)) && !isInLog(commandId)) yield `G1 what follows ${commandId} on ${write.id} is in the log without it`;
  }
}

function isMissing({ decider, id, decide }: SimulatedWrite, log: readonly Commit[], registry: EventRegistry): boolean {
  let state: unknown = decider.initial;
  for (const fact of factsOf(streamOf(decider.contract, id), log, registry)) state = decider.evolve(state, fact);
  return decide(state).length > 0;
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
