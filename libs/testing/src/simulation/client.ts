import {
  type CommandResult,
  CommandAlreadyAppended,
  CommandIdReused,
  DomainError,
  NotFound,
  StaleVersion,
  streamOf,
  Unavailable,
} from '@keyfold/event-sourcing';
import type { Random } from './random.js';
import { SimulatedProcess } from './process.js';
import type { CommandToSend, Instance, SimulatedCommand } from './service.js';
import type { World } from './world.js';

/** What somebody wants done. */
export interface Wish {
  readonly service: string;
  /** `<aggregate-plural>/<command>`. */
  readonly name: string;
  readonly id: string;
  readonly body: object;
}

/** What comes next; follows from the numbers of `random` alone. */
export type Workload = (random: Random) => Wish;

/** What a client knows of one of its commands. */
export interface Recorded extends CommandToSend {
  readonly service: string;
  readonly streamId: string;
  readonly command: SimulatedCommand;
  /** `unknown`: never answered; it may have been done or not. */
  readonly outcome: 'done' | 'refused' | 'unknown';
  readonly result: CommandResult | null;
  readonly error: Error | null;
  /** The highest version of the stream that anybody had been told of: before the command was first sent, and before the attempt that was answered. */
  readonly toldBefore: number;
  readonly toldBeforeAttempt: number;
  /** Whether it had already been done, durably, before that attempt. */
  readonly doneBeforeAttempt: boolean;
  /** Head of the stream, on the primary, when the answer was in. */
  readonly headAfter: number;
}

export interface ClientSurroundings {
  readonly world: World;
  readonly workload: Workload;
  instancesOf(service: string): readonly Instance[];
  headOf(service: string, streamId: string): number;
  isDone(service: string, commandId: string): boolean;
  /** Versions that clients were told of, per stream. */
  readonly told: Map<string, number>;
  readonly journal: Recorded[];
}

const DEADLINE_MS = 3_000;
const ATTEMPTS = 60;
const PAUSE_MS = [1, 250] as const;

/** Sends commands one after the other, each under one id until it is answered, and keeps a journal. */
export class Client {
  private readonly process: SimulatedProcess;

  constructor(
    private readonly around: ClientSurroundings,
    private readonly name: string,
  ) {
    this.process = new SimulatedProcess(around.world, name, false);
  }

  async run(count: number): Promise<void> {
    const { random } = this.around.world;
    for (let i = 0; i < count; i++) {
      const wish = this.around.workload(random);
      await this.fulfil(wish, `${this.name}-${i}`);
      await this.process.clock.wait(random.between(...PAUSE_MS));
    }
  }

  private async fulfil({ service, name, id, body }: Wish, commandId: string): Promise<void> {
    const { world, told, journal } = this.around;
    const command = this.around.instancesOf(service)[0]!.definition.commands[name];
    if (!command) throw new Error(`the workload asks ${service} for ${name}, which it does not have`);
    const streamId = streamOf(command.decider.contract, id);
    const toldBefore = told.get(streamId) ?? 0;
    const sent: CommandToSend = { name, id, body, commandId, expectedVersion: world.random.chance(0.15) ? toldBefore : null };
    const record = (
      outcome: Recorded['outcome'],
      attempt: Pick<Recorded, 'toldBeforeAttempt' | 'doneBeforeAttempt'> & { result?: CommandResult; error?: Error },
    ): void => {
      const headAfter = this.around.headOf(service, streamId);
      journal.push({ ...sent, service, streamId, command, toldBefore, headAfter, outcome, result: null, error: null, ...attempt });
      if (attempt.result) told.set(streamId, Math.max(attempt.result.version, told.get(streamId) ?? 0));
      world.note(`${this.name}: ${commandId} ${name} ${id} is ${outcome} ${attempt.result?.version ?? attempt.error?.message ?? ''}`);
    };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const before = { toldBeforeAttempt: told.get(streamId) ?? 0, doneBeforeAttempt: this.around.isDone(service, commandId) };
      try {
        if (world.random.chance(0.1)) this.send(service, sent).catch(() => undefined); // a second click, whose answer nobody waits for
        return record('done', { result: await this.send(service, sent), ...before });
      } catch (error) {
        if (error instanceof CommandIdReused || error instanceof CommandAlreadyAppended)
          world.violated(`I2 ${commandId}: ${error.message}`);
        if (isRefusal(error)) return record('refused', { error, ...before });
        await this.process.clock.wait(world.random.between(5, 80) * Math.min(attempt, 8));
      }
    }
    record('unknown', { toldBeforeAttempt: 0, doneBeforeAttempt: false });
  }

  private send(service: string, sent: CommandToSend): Promise<CommandResult> {
    const instance = this.around.world.random.pick(this.around.instancesOf(service));
    return this.process.request(`${service} ${sent.name} ${sent.id} (${sent.commandId})`, DEADLINE_MS, (reply) => {
      const { process } = instance;
      if (!process.alive) return reply.fail(new Unavailable(service));
      process.deliver(0, `takes ${sent.commandId}`, () => {
        instance.execute(sent).then(reply.answer, reply.fail);
      });
    });
  }
}

const isRefusal = (error: unknown): error is Error =>
  error instanceof DomainError || error instanceof NotFound || error instanceof StaleVersion;
