import { Body, Controller, HttpCode, Inject, Post, Query, SetMetadata, type Type } from '@nestjs/common';
import { CommandHandler, QueryHandler } from '@nestjs/cqrs';
import type { Role } from '@keyfold/contracts';
import { type AnyProcessManager, type AnyProjection, type CommandResult, type Decider, type DomainEvent, type Loaded, type Policy, type StreamWrite, WrongExpectedVersion } from '@keyfold/event-sourcing';
import { type AggregateCommand, assertTarget, Commands, looksAt, type Seen } from './commands.js';
import { Edge } from './controllers.js';
import { Caller } from './edge.js';
import type { ScopedQuery } from './queries.js';
import { Allow, Read, ROUTE_COMMAND } from './routes.js';

/** One thing that a service can be told or asked: its route, and the handler behind it. A module takes them as `useCases(service, ...)`. */
export interface UseCase {
  /** `key-accounts`, `key-accounts/:id/qualify`: what follows `/api/<service>/`. */
  readonly routes: readonly string[];
  readonly type: Type<AggregateCommand> | Type<ScopedQuery<unknown>>;
  readonly asks: boolean;
  readonly handler: Type;
  /** The route's own decorators: verb, status, roles. `path` is the route without its plural. */
  decorate(path: string): readonly MethodDecorator[];
}

/** Classes that Nest injects. */
export type Injectables = readonly (abstract new (...args: never[]) => object)[];
export type Instances<Needs extends Injectables> = { readonly [I in keyof Needs]: InstanceType<Needs[I]> };

export interface CommandDefinition<C extends AggregateCommand, State, E extends DomainEvent, Needs extends Injectables, Prepared, Permitted = void, Beside = never> {
  /** What follows `/api/<service>/`: `key-accounts` makes one, `key-accounts/:id/qualify` is told to one. Several, where it may be told in several ways. */
  readonly route: string | readonly string[];
  readonly roles: readonly Role[];
  /** The aggregate that it is told to. */
  readonly on: Decider<State, E>;
  /** It may make the aggregate (or repeat its making) under an id that the caller chose; a route without an id always does. */
  readonly makes?: boolean;
  /** Its outcome comes later: answers 202. */
  readonly outcomeLater?: boolean;
  /** By whom the caller's scope is judged, on the state that is decided on. Absent: the roles of the route are enough. */
  readonly ownerOf?: (state: State) => string | null;
  /** What it needs injected, in this order. */
  readonly needs?: Needs;
  /** An aggregate that `permit` judges by, where the command alone says which: looked at together with the target. */
  beside?(command: C): readonly [Pick<Decider<Beside, never>, 'initial'>, string] | null;
  /** Throws NotFound for what is beyond the caller's scope and cannot be told by `ownerOf` alone. Asked every time, before all else. What it has seen of other streams it may hand on. */
  permit?(command: C, state: State, needs: Instances<Needs>, beside: Beside | undefined): Promise<Permitted>;
  /**
   * What other streams have to say, which the decision is given, or to hold first (a reservation; architecture.md 4): claimed with `Commands.claim`, in one write with the decision.
   * Left out for a repeated command: that gets its first result and decides nothing. `permitted`: what was handed on; undefined where it is prepared again, on a fresh look.
   */
  prepare?(command: C, state: State, needs: Instances<Needs>, permitted: Permitted | undefined): Promise<Prepared>;
  /** Throws WrongExpectedVersion when what was prepared does not hold for this state: then it is prepared again, and once more (409 after that). */
  decide(state: State, command: C, prepared: Prepared, needs: Instances<Needs>): readonly E[];
  /**
   * What follows on other streams, made with `Commands.write`; `state` is the one that the command left. It is written with the decision, behind it; or run by itself where another append comes
   * first, and where nothing was decided or the command is repeated, as a crash may have come in between. So it leaves what it finds done, and refuses nothing.
   */
  follow?(command: C, state: State, needs: Instances<Needs>): readonly StreamWrite[];
  /** As `follow`, for what has to look at other streams first: behind the append, each in an append of its own. */
  after?(command: C, state: State, needs: Instances<Needs>): Promise<unknown>;
}

const PREPARED_TIMES = 3;

/** A command on one aggregate: class-validator says what its body is, `decide` what follows. */
export function useCase<C extends AggregateCommand, State, E extends DomainEvent, const Needs extends Injectables = [], Prepared = void, Permitted = void, Beside = never>(
  type: Type<C>,
  definition: CommandDefinition<C, State, E, Needs, Prepared, Permitted, Beside>,
): UseCase {
  const { roles, on, ownerOf = null, needs = [] as unknown as Needs, outcomeLater = false } = definition;
  const routes = [definition.route].flat();
  const makes = definition.makes ?? !routes[0]!.includes('/:id');
  if (definition.permit ?? definition.prepare) looksAt(type, definition);

  class Handler {
    private readonly needed: Instances<Needs>;

    constructor(
      private readonly commands: Commands,
      ...needed: object[]
    ) {
      this.needed = needed as unknown as Instances<Needs>;
    }

    async execute(command: C): Promise<CommandResult> {
      const { result, appended } = await this.decided(command, await this.permitted(command));
      command.claims = null;
      // What was appended just now need not be looked for; what a repeated command left may have changed long since.
      if (definition.after) await definition.after(command, (await this.commands.load(on, command.id, appended ? result.version : undefined)).state, this.needed);
      return result;
    }

    private async permitted(command: C): Promise<Permitted | undefined> {
      if (!definition.permit) return undefined;
      const { target, beside } = command.seen!; // a command that comes past the edge has nothing, and is permitted nothing
      return definition.permit(command, target.state as State, this.needed, beside?.state as Beside | undefined);
    }

    private async decided(command: C, permitted: Permitted | undefined): Promise<{ result: CommandResult; appended: boolean }> {
      const follow = definition.follow && ((state: State) => definition.follow!(command, state, this.needed));
      for (let attempt = 1; ; attempt++)
        try {
          const prepared = await (attempt === 1 ? this.prepared(command, command.seen, permitted) : this.prepared(command, null));
          let events: readonly E[] = [];
          const decide = (state: State): readonly E[] => (events = definition.decide(state, command, prepared as Prepared, this.needed));
          const result = await (makes ? this.commands.create(on, command, decide, follow) : this.commands.change(on, command, ownerOf, decide, follow));
          return { result, appended: events.length > 0 };
        } catch (error) {
          if (!definition.prepare || !(error instanceof WrongExpectedVersion) || attempt === PREPARED_TIMES) throw error;
        }
    }

    /** On what the edge has seen, or else on a fresh look. */
    private async prepared(command: C, seen: Seen | null, permitted?: Permitted): Promise<Prepared | undefined> {
      let prepared: Prepared | undefined;
      if (!definition.prepare) return undefined;
      command.claims = [];
      await this.commands.unlessRepeated(command, async () => {
        const target = (seen?.target as Loaded<State> | undefined) ?? (await this.commands.load(on, command.id));
        if (!makes) assertTarget(on, command, ownerOf, target);
        prepared = await definition.prepare!(command, target.state, this.needed, permitted);
      });
      return prepared;
    }
  }

  return {
    routes,
    type,
    asks: false,
    handler: injected(Handler, `${type.name}Handler`, [Commands, ...needs], CommandHandler(type)),
    decorate: (path) => [
      Post(path),
      HttpCode(outcomeLater ? 202 : path === '' ? 201 : 200),
      SetMetadata(ROUTE_COMMAND, { name: path === '' ? null : path.replace(':id/', '') }),
      Allow(...roles),
    ],
  };
}

interface QueryDefinition<Result, Q extends ScopedQuery<Result>, Needs extends Injectables> {
  readonly route: string;
  readonly roles: readonly Role[];
  readonly needs?: Needs;
  answer(query: Q, needs: Instances<Needs>): Promise<Result>;
}

/** A question: class-validator says what may be asked. */
export function queryCase<Result, Q extends ScopedQuery<Result>, const Needs extends Injectables = []>(type: Type<Q>, definition: QueryDefinition<Result, Q, Needs>): UseCase {
  const { route, roles, needs = [] as unknown as Needs } = definition;

  class Handler {
    private readonly needed: Instances<Needs>;

    constructor(...needed: object[]) {
      this.needed = needed as unknown as Instances<Needs>;
    }

    execute(query: Q): Promise<Result> {
      return definition.answer(query, this.needed);
    }
  }

  return {
    routes: [route],
    type: type as Type<ScopedQuery<unknown>>,
    asks: true,
    handler: injected(Handler, `${type.name}Handler`, needs, QueryHandler(type)),
    decorate: (path) => [Read(path, ...roles)],
  };
}

/** What one aggregate, or a few that belong together, add to a service. */
export interface Parts {
  readonly cases: readonly UseCase[];
  /** What the cases need injected. */
  readonly providers?: readonly Type[];
  readonly projections?: readonly AnyProjection[];
  readonly policies?: readonly Policy[];
  readonly processes?: readonly AnyProcessManager[];
}

/** All parts of a service in one: controllers and providers for its Nest module, and what its runtime runs. */
export function partsOf(service: string, parts: readonly Parts[]) {
  const { controllers, providers } = useCases(service, ...parts.flatMap(({ cases }) => cases));
  return {
    module: { controllers, providers: [...providers, ...parts.flatMap((part) => part.providers ?? [])] },
    definition: {
      service,
      projections: parts.flatMap((part) => part.projections ?? []),
      policies: parts.flatMap((part) => part.policies ?? []),
      processes: parts.flatMap((part) => part.processes ?? []),
    },
  };
}

/** Controllers and handlers of these use cases: a controller for each plural, so that bulk, policies and the API description find them like any other. */
export function useCases(service: string, ...list: readonly UseCase[]): { controllers: Type[]; providers: Type[] } {
  const routes = list.flatMap((useCase) => useCase.routes.map((route) => ({ useCase, plural: route.split('/', 1)[0]!, path: route.split('/').slice(1).join('/') })));
  const byPlural = Map.groupBy(routes, ({ plural }) => plural);
  return { controllers: [...byPlural].map(([plural, own]) => controllerOf(`api/${service}/${plural}`, plural, own)), providers: list.map(({ handler }) => handler) };
}

function controllerOf(route: string, plural: string, own: readonly { useCase: UseCase; path: string }[]): Type {
  class UseCaseController {
    constructor(readonly edge: Edge) {}
  }
  const prototype = UseCaseController.prototype as unknown as Record<string, unknown>;
  for (const { useCase: one, path } of own) {
    const name = methodName(one, path);
    if (Object.hasOwn(prototype, name)) throw new Error(`${route} has two routes ${name}`);
    prototype[name] = one.asks
      ? function (this: UseCaseController, query: ScopedQuery<unknown>, caller: Caller) { return this.edge.ask(query, caller); }
      : function (this: UseCaseController, body: AggregateCommand, caller: Caller) { return this.edge.run(body, caller); };
    Reflect.defineMetadata('design:paramtypes', [one.type, Object], prototype, name);
    (one.asks ? Query() : Body())(prototype, name, 0);
    Caller()(prototype, name, 1);
    for (const decorator of one.decorate(path)) decorator(prototype, name, Object.getOwnPropertyDescriptor(prototype, name)!);
  }
  return injected(UseCaseController, `${plural.replace(/(?:^|-)(\w)/g, (_all, letter: string) => letter.toUpperCase())}Controller`, [Edge], Controller(route));
}

/** `onboardMember`; where a command has several routes, the plain create is `createOnboardMember`. */
const methodName = ({ type: { name }, routes }: UseCase, path: string): string =>
  routes.length > 1 && path === '' ? `create${name}` : `${name[0]!.toLowerCase()}${name.slice(1)}`;

/** A class made at run time, as Nest wants one: named, with what it is given declared, and marked as what it is. */
function injected<T>(made: new (...args: never[]) => T, name: string, needs: Injectables, mark: ClassDecorator): Type<T> {
  needs.forEach((need, index) => Inject(need)(made, undefined, index));
  mark(made);
  Object.defineProperty(made, 'name', { value: name });
  return made as unknown as Type<T>;
}
