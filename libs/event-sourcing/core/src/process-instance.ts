import { decider } from './decider.js';
import type { DomainEvent, Fact } from './events.js';
import type { ProcessInput, ProcessManager } from './process-manager.js';

/** One conversation, as its stream tells it. */
export interface Instance<State> {
  readonly state: State;
  /** Why a stored input cannot be folded by this program; nothing is decided on a state that is not the whole story. */
  readonly fault: string | null;
  /** Inputs that wait for the first of them. */
  readonly parked: number;
  /** Timers that are running: name -> version of the event that set it. */
  readonly timers: Readonly<Record<string, number>>;
}

export type ParkedInput = ProcessInput & { readonly cause: string };

/** Pure: what the instances of one process make of their inputs. Events come as `received` and what was decided, or as `input-parked`. */
export class ProcessInstances<State> {
  readonly decider;

  constructor(private readonly process: ProcessManager<State>) {
    this.decider = decider<Instance<State>, DomainEvent>({
      contract: process.contract,
      initial: { state: process.initial, fault: null, parked: 0, timers: {} },
      evolve: (instance, fact) => this.evolve(instance, fact),
    });
  }

  type(name: string): string {
    return `${this.process.contract.service}.${this.process.contract.name}.${name}`;
  }

  /** Never throws: what cannot be taken is parked, and what comes behind it too, so that nothing overtakes. */
  accept(instance: Instance<State>, input: ProcessInput, now: string): DomainEvent[] {
    if (isOfAnotherSetting(instance, input)) return [];
    if (instance.parked > 0) return [this.parked(input, 'queued behind a parked input')];
    try {
      return this.take(instance, input, now);
    } catch (error) {
      return [this.parked(input, String(error))];
    }
  }

  /** Takes a parked input after all. Throws what keeps it parked. */
  release(instance: Instance<State>, { cause: _cause, ...input }: ParkedInput, now: string): DomainEvent[] {
    return [{ type: this.type('input-released'), data: {} }, ...this.take(instance, input, now)];
  }

  private take({ state, fault }: Instance<State>, input: ProcessInput, now: string): DomainEvent[] {
    if (fault !== null) throw new Error(fault);
    const reactions = this.process.react(this.process.evolve(state, input), input, now);
    return [
      { type: this.type('received'), data: input },
      ...reactions.map((reaction) =>
        'send' in reaction
          ? { type: this.type('command-decided'), data: { step: reaction.step, command: reaction.send } }
          : { type: this.type('timer-set'), data: { timer: reaction.timer, at: reaction.at } },
      ),
    ];
  }

  private parked(input: ProcessInput, cause: string): DomainEvent {
    return { type: this.type('input-parked'), data: { ...input, cause } satisfies ParkedInput };
  }

  private evolve(instance: Instance<State>, { type, data, version }: Fact): Instance<State> {
    switch (type) {
      case this.type('received'):
        return this.folded(without(instance, data as ProcessInput), data as ProcessInput);
      case this.type('input-parked'):
        return { ...without(instance, data as ProcessInput), parked: instance.parked + 1 };
      case this.type('input-released'):
        return { ...instance, parked: instance.parked - 1 };
      case this.type('timer-set'):
        return { ...instance, timers: { ...instance.timers, [(data as { timer: string }).timer]: version } };
      default:
        return instance;
    }
  }

  private folded(instance: Instance<State>, input: ProcessInput): Instance<State> {
    if (instance.fault !== null) return instance;
    try {
      return { ...instance, state: this.process.evolve(instance.state, input) };
    } catch (error) {
      return { ...instance, fault: String(error) };
    }
  }
}

/** The timer and which of its settings fired; streams that are older than this name the timer alone. */
const firedBy = ({ type, data }: ProcessInput): { timer: string; set?: number } | null => (type === 'timer-fired' ? (data as { timer: string; set?: number }) : null);

/** A timer that was set anew, or has fired, since the row was read. */
function isOfAnotherSetting({ timers }: Instance<unknown>, input: ProcessInput): boolean {
  const fired = firedBy(input);
  return fired !== null && timers[fired.timer] !== fired.set;
}

/** The instance without the timer that fired with this input. */
function without<State>(instance: Instance<State>, input: ProcessInput): Instance<State> {
  const fired = firedBy(input);
  if (!fired || (fired.set !== undefined && instance.timers[fired.timer] !== fired.set)) return instance;
  const { [fired.timer]: _fired, ...timers } = instance.timers;
  return { ...instance, timers };
}
