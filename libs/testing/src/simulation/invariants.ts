import {
  type AnyProjection,
  type Commit,
  type DeadLetter,
  DomainError,
  type EventRegistry,
  type Ids,
  isStreamOf,
  type Marks,
  type Policy,
  recordedEvents,
  type RecordedEvent,
  type SequencedCommit,
  StaleVersion,
  topicOf,
} from '@keyfold/event-sourcing';
import type { SimulatedBroker } from './broker.js';
import type { Recorded } from './client.js';
import { COMMITS, type StoredCommit, toCommit } from './event-store.js';
import { factsOf, writtenBeside } from './other-streams.js';
import type { SimulatedServer } from './server.js';
import type { SimulatedService } from './service.js';
import { lettersOf, marksOf, rowsOf, servingGeneration, viewOf } from './views.js';

/** What is left at the end of a run. */
export interface Evidence {
  readonly services: readonly SimulatedService[];
  readonly servers: ReadonlyMap<string, SimulatedServer>;
  readonly broker: SimulatedBroker;
  readonly registry: EventRegistry;
  readonly ids: Ids;
  readonly journal: readonly Recorded[];
  readonly answeredWithoutCommit: ReadonlySet<string>;
  /** Of each service, every view and every policy, with its marks. */
  readonly projections: ReadonlyMap<string, readonly AnyProjection[]>;
  /** Timers that were due before it must have fired, in ms since 1970. */
  readonly timersUntil: number;
}

/** The commits of a service in the order of their positions; those without one last. */
export const logOf = (server: SimulatedServer): Commit[] =>
  [...server.durable<StoredCommit>(COMMITS).values()].map(toCommit).sort((a, b) => (a.position ?? Infinity) - (b.position ?? Infinity));

/** Everything that does not hold; nothing if all is well. */
export function violationsOf(evidence: Evidence): string[] {
  const logs = new Map([...evidence.servers].map(([service, server]) => [service, logOf(server)]));
  return [
    ...[...logs].flatMap(([service, log]) => [
      ...streams(service, log),
      ...order(service, log),
      ...topic(service, log as SequencedCommit[], evidence),
    ]),
    ...evidence.journal.flatMap((recorded) => [
      ...acknowledged(recorded, logs.get(recorded.service)!),
      ...explained(recorded, logs.get(recorded.service)!, evidence.registry),
      ...writtenBeside(recorded, logs.get(recorded.service)!, evidence.registry),
    ]),
    ...linear(evidence.journal),
    ...[...evidence.projections].flatMap(([service, projections]) =>
      projections.flatMap((projection) => [...view(service, projection, logs, evidence)]),
    ),
    ...evidence.services.flatMap((service) => [
      ...policies(service, logs, evidence),
      ...processes(service, logs.get(service.service)!, evidence),
    ]),
  ];
}

/** I3: versions of a stream are 1..n. I2: a command has one commit. */
function* streams(service: string, log: readonly Commit[]): Generator<string> {
  for (const [streamId, commits] of Map.groupBy(log, (commit) => commit.streamId)) {
    let version = 0;
    for (const commit of [...commits].sort((a, b) => a.expectedVersion - b.expectedVersion)) {
      if (commit.expectedVersion !== version)
        yield `I3 ${service} ${streamId}: a commit at ${commit.expectedVersion} follows version ${version}`;
      version = commit.expectedVersion + commit.events.length;
    }
  }
  for (const [commandId, commits] of Map.groupBy(log, (commit) => commit.commandId))
    if (commits.length > 1) yield `I2 ${service} ${commandId} has ${commits.length} commits`;
}

/** G4: positions are 1..n, extend the order of each stream, and log time never goes back. */
function* order(service: string, log: readonly Commit[]): Generator<string> {
  const heads = new Map<string, number>();
  let recordedAt = '';
  for (const [i, commit] of log.entries()) {
    if (commit.position !== i + 1) yield `G4 ${service}: position ${i + 1} is missing, the next is ${commit.position}`;
    if ((heads.get(commit.streamId) ?? 0) !== commit.expectedVersion)
      yield `G4 ${service} ${commit.streamId}: position ${commit.position} is not in the order of the stream`;
    if (commit.recordedAt !== null && commit.recordedAt < recordedAt)
      yield `G4 ${service}: log time goes back at position ${commit.position}`;
    heads.set(commit.streamId, commit.expectedVersion + commit.events.length);
    recordedAt = commit.recordedAt ?? recordedAt;
  }
}

/**
 * I6: the topic has the log, and the first deliveries of a stream come in its order. On a topic that has lost something what was under way may come first;
 * behind it everything comes again in order.
 */
function* topic(service: string, log: readonly SequencedCommit[], { broker }: Evidence): Generator<string> {
  const seen = new Map<string, number>();
  const mayJump = broker.hasLost(topicOf(service));
  for (const messages of broker.messages(topicOf(service)))
    for (const { headers } of messages) {
      const streamId = headers['ce_subject'];
      if (!streamId) continue;
      const version = Number(headers['ce_streamversion']);
      const last = seen.get(streamId) ?? 0;
      if (version > last + 1 && !mayJump) yield `I6 ${service} ${streamId}: version ${version} is on the topic before ${last + 1}`;
      if (version === last + 1) seen.set(streamId, version);
    }
  for (const [streamId, commits] of Map.groupBy(log, (commit) => commit.streamId)) {
    const head = Math.max(...commits.map((commit) => commit.expectedVersion + commit.events.length));
    const last = seen.get(streamId) ?? 0;
    if (last !== head) yield `I6 ${service} ${streamId}: the topic has it in order up to ${last}, the log ends at ${head}`;
  }
}

/** I1: what was acknowledged is in the log, as it was acknowledged. G3: what had been done is not refused when it is sent again. */
function* acknowledged({ commandId, outcome, result, error, doneBeforeAttempt }: Recorded, log: readonly Commit[]): Generator<string> {
  if (outcome === 'refused' && doneBeforeAttempt)
    yield `G3 ${commandId} had been done, and was refused when it was sent again: ${error!.message}`;
  if (outcome !== 'done' || result!.events.length === 0) return;
  const commit = log.find((each) => each.commandId === commandId);
  if (!commit) yield `I1 ${commandId} was acknowledged and is not in the log`;
  else if (commit.expectedVersion + commit.events.length !== result!.version)
    yield `I1 ${commandId} was acknowledged at ${result!.version} and is in the log at ${commit.expectedVersion + commit.events.length}`;
}

/** I8: a command sees what anybody was told before it began, and no two are told the same version. */
function* linear(journal: readonly Recorded[]): Generator<string> {
  const versions = new Map<string, string>();
  for (const { commandId, streamId, outcome, result, toldBefore } of journal) {
    if (outcome !== 'done') continue;
    if (result!.events.length === 0) {
      if (result!.version < toldBefore) yield `I8 ${commandId} saw ${streamId} at ${result!.version} after ${toldBefore} was told`;
      continue;
    }
    if (result!.version <= toldBefore)
      yield `I8 ${commandId} was given version ${result!.version} of ${streamId} after ${toldBefore} was told`;
    const other = versions.get(`${result!.version}@${streamId}`);
    if (other) yield `I8 ${commandId} and ${other} were both given version ${result!.version} of ${streamId}`;
    versions.set(`${result!.version}@${streamId}`, commandId);
  }
}

/** I8: a refusal, and that there was nothing to do, was true at a version between what was told before it was asked and what there was when it was answered. */
function* explained(recorded: Recorded, log: readonly Commit[], registry: EventRegistry): Generator<string> {
  const { commandId, command, body, streamId, outcome, result, error, expectedVersion, toldBeforeAttempt, headAfter } = recorded;
  if (outcome === 'unknown' || (outcome === 'done' && result!.events.length > 0)) return;
  const facts = factsOf(streamId, log, registry);
  let state: unknown = command.decider.initial;
  for (let version = 0; version <= headAfter; version++) {
    if (version >= toldBeforeAttempt && answers(state, version)) return;
    const fact = facts[version];
    if (!fact) break;
    state = command.decider.evolve(state, fact);
  }
  yield `I8 ${commandId}: "${error?.message ?? 'nothing to do'}" is true of no version of ${streamId} from ${toldBeforeAttempt} to ${headAfter}`;

  function answers(at: unknown, version: number): boolean {
    if (error instanceof StaleVersion) return version !== expectedVersion;
    try {
      return command.decide(at, body, '').length === 0 && outcome === 'done' && result!.version === version;
    } catch (refusal) {
      return refusal instanceof DomainError && error instanceof DomainError && refusal.code === error.code;
    }
  }
}

/** I4: every mark is at the head of its stream, or the rest is parked where it can be seen; and every row is what the applied events make of it. */
function* view(
  service: string,
  projection: AnyProjection,
  logs: ReadonlyMap<string, readonly Commit[]>,
  { servers, registry }: Evidence,
): Generator<string> {
  const server = servers.get(service)!;
  const generation = servingGeneration(server, viewOf(projection));
  const marks = server.durable<Marks>(marksOf(viewOf(projection), generation));
  const markOf = (streamId: string): Marks => marks.get(streamId) ?? { accepted: 0, applied: 0 };
  const letters = [...server.durable<DeadLetter>(lettersOf(viewOf(projection), generation)).values()];
  const events = followed(projection, logs, registry);
  for (const [streamId, own] of Map.groupBy(events, (event) => event.streamId)) {
    const { accepted, applied } = markOf(streamId);
    const head = Math.max(...own.map((event) => event.version));
    const parked = letters
      .filter((letter) => letter.streamId === streamId)
      .map((letter) => letter.version)
      .sort((a, b) => a - b);
    if (accepted !== head) yield `I4 ${projection.name}: ${streamId} is accepted up to ${accepted}, its head is ${head}`;
    if (parked.length !== accepted - applied || parked.some((version, i) => version !== applied + 1 + i))
      yield `I4 ${projection.name}: ${streamId} is applied up to ${applied}, parked are ${parked.join(', ') || 'none'} up to ${accepted}`;
  }
  const rows = server.durable(rowsOf(viewOf(projection), generation));
  const expected = folded(
    projection,
    events.filter((event) => event.version <= markOf(event.streamId).applied),
  );
  for (const id of new Set([...rows.keys(), ...expected.keys()])) {
    const [is, shouldBe] = [rows.get(id), expected.get(id)].map((row) => JSON.stringify(row ?? null));
    if (is !== shouldBe) yield `I4 ${projection.name}: row ${id} is ${is}, its events make ${shouldBe}`;
  }
}

/** One event after the other, in the order of the log. */
function folded(projection: AnyProjection, events: readonly RecordedEvent[]): Map<string, object> {
  const rows = new Map<string, object>();
  for (const event of events)
    for (const id of projection.rowsOf(event)) {
      const row = projection.fold(rows.get(id) ?? null, event, id) as object | null;
      if (row) rows.set(id, row);
      else rows.delete(id);
    }
  return rows;
}

/** Policies act once on each event: every command that one asks for is in the log, or was answered without. */
function* policies(
  { service, policies = [] }: SimulatedService,
  logs: ReadonlyMap<string, readonly Commit[]>,
  { registry, ids, answeredWithoutCommit }: Evidence,
): Generator<string> {
  const done = new Set(logs.get(service)!.map((commit) => commit.commandId));
  for (const each of policies)
    for (const event of followed(each, logs, registry))
      for (const [step, command] of each.react(event, (...parts) => ids.derive(event.eventId, each.name, ...parts)).entries()) {
        const commandId = ids.derive(event.eventId, each.name, String(step), command.id);
        if (!done.has(commandId) && !answeredWithoutCommit.has(commandId))
          yield `I2 ${each.name}: nothing came of ${event.type} ${event.streamId}@${event.version}`;
      }
}

/** Each command that a process decided on was done once at most and has one answer, and each timer that was due has fired. */
function* processes({ processes = [] }: SimulatedService, log: readonly Commit[], { timersUntil }: Evidence): Generator<string> {
  for (const { contract } of processes)
    for (const [streamId, commits] of Map.groupBy(log, (commit) => commit.streamId)) {
      if (!isStreamOf(contract, streamId)) continue;
      const events = commits
        .flatMap((commit) => commit.events)
        .map(({ type, data }) => ({ name: type.slice(type.lastIndexOf('.') + 1), data: data as Record<string, unknown> }));
      const steps = (...names: string[]): string[] =>
        events
          .filter(({ name }) => names.includes(name))
          .map(({ data }) => String(data['step']))
          .sort();
      for (const { eventId, type } of commits.flatMap((commit) => commit.events)) {
        const caused = log.filter((commit) => commit.causationId === eventId && commit.streamId !== streamId);
        if (type.endsWith('.command-decided') && caused.length > 1)
          yield `I2 ${streamId}: what it decided on was done ${caused.length} times`;
      }
      const answers = steps('command-accepted', 'command-refused');
      if (answers.join() !== steps('command-decided').join())
        yield `I2 ${streamId}: decided on ${steps('command-decided').join()}, answered were ${answers.join()}`;
      const fired = new Set(
        events
          .filter(({ name, data }) => name === 'received' && data['type'] === 'timer-fired')
          .map(({ data }) => (data['data'] as { timer: string }).timer),
      );
      for (const { name, data } of events)
        if (name === 'timer-set' && Date.parse(String(data['at'])) < timersUntil && !fired.has(String(data['timer'])))
          yield `I2 ${streamId}: the timer ${String(data['timer'])} has never fired`;
    }
}

function followed(
  { follows }: Pick<Policy, 'follows'>,
  logs: ReadonlyMap<string, readonly Commit[]>,
  registry: EventRegistry,
): RecordedEvent[] {
  const services = new Set(follows.map((contract) => contract.service));
  const events = [...services].flatMap((service) =>
    logs.get(service)!.flatMap((commit) => recordedEvents(service, commit as SequencedCommit, registry)),
  );
  return events.filter((event) =>
    follows.some((contract) => contract.service === event.service && isStreamOf(contract, event.streamId)),
  );
}
