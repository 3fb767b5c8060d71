import type { Type } from '@nestjs/common';
import type { Role } from '@keyfold/contracts';
import type { CommandContext, Decider, DomainEvent, StreamWrite } from '@keyfold/event-sourcing';
import type { AggregateCommand, Injectables, Instances, UseCase } from '@keyfold/event-sourcing-nest';
import { accountUseCase } from '../key-account/accounts.js';
import type { PlanLifecycle } from './plan-lifecycle.aggregate.js';
import type { PlanObjectives, WithObjectives } from './plan-objectives.aggregate.js';

/** Who works on plans: the owner of the account, its team and the directors. */
export const PLANNERS = ['kam', 'director', 'sales-engineer', 'project-manager'] as const satisfies readonly Role[];

/** Who may look at plans. */
export const PLAN_READERS = [...PLANNERS, 'csr-officer', 'finance', 'auditor', 'bi'] as const satisfies readonly Role[];

/** Decisions of whatever plan, with the events of one. */
type Decisions<Of, E> = { readonly [Name in keyof Of]: Of[Name] extends (...args: infer Args) => unknown ? (...args: Args) => readonly E[] : never };

/** One of the two kinds of plans. */
export interface PlanKind<State, Known extends WithObjectives & { readonly accountId: string }, E extends DomainEvent> {
  /** `account-plans`: what its routes begin with. */
  readonly path: string;
  /** `AccountPlan`, for the names of its commands. */
  readonly name: string;
  readonly on: Decider<State, E>;
  /** The plan; refuses one that is not there. */
  known(state: State): Known;
  /** Null while it is unknown. */
  accountOf(state: State): string | null;
  readonly life: Decisions<PlanLifecycle<string>, E>;
  readonly objectives: Decisions<PlanObjectives<string>, E>;
  close(plan: Known, reason: string): readonly E[];
}

export interface PlanCommandDefinition<C extends AggregateCommand, Known, E extends DomainEvent, Needs extends Injectables, Prepared> {
  /** What follows `/api/accounts/<plans>/:id/`. */
  readonly step: string;
  readonly roles?: readonly Role[];
  readonly needs?: Needs;
  prepare?(command: C, plan: Known, needs: Instances<Needs>): Promise<Prepared>;
  decide(plan: Known, command: C, prepared: Prepared, needs: Instances<Needs>): readonly E[];
  follow?(command: C, plan: Known, needs: Instances<Needs>): readonly StreamWrite[];
}

/** A command on a plan of this kind: by those who plan, on an account that they may edit. */
export const planUseCase =
  <State, Known extends WithObjectives & { readonly accountId: string }, E extends DomainEvent>(kind: PlanKind<State, Known, E>) =>
  <C extends AggregateCommand, const Needs extends Injectables = [], Prepared = void>(type: Type<C>, definition: PlanCommandDefinition<C, Known, E, Needs, Prepared>): UseCase => {
    const { step, roles = PLANNERS, prepare, decide, follow, needs } = definition;
    return accountUseCase<C, State, E, Needs, Prepared>(type, {
      route: `${kind.path}/:id/${step}`,
      roles,
      on: kind.on,
      accountOf: (state) => kind.accountOf(state),
      needs,
      ...(prepare && { prepare: (command: C, state: State, needed: Instances<Needs>) => prepare(command, kind.known(state), needed) }),
      decide: (state, command, prepared, needed) => decide(kind.known(state), command, prepared, needed),
      ...(follow && { follow: (command: C, state: State, needed: Instances<Needs>) => follow(command, kind.known(state), needed) }),
    });
  };

/** A class of its own for each kind of plan: a command has one handler. */
export function named<C extends AggregateCommand>(verb: string, { name }: { readonly name: string }, type: Type<C>): Type<C> {
  Object.defineProperty(type, 'name', { value: `${verb}${name}` });
  return type;
}

/** Who says something: the team member, as far as the token names one. */
export const personOf = ({ actor }: CommandContext): string => actor.memberId ?? actor.subject;
