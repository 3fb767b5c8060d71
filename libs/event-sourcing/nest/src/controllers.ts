import { Injectable } from '@nestjs/common';
import { QueryBus } from '@nestjs/cqrs';
import type { CommandResult } from '@keyfold/event-sourcing';
import { type AggregateCommand, CommandEdge, Scopes } from './commands.js';
import type { Caller } from './edge.js';
import { type ScopedQuery, Views } from './queries.js';

/** What a command answers over HTTP. */
export interface Accepted {
  readonly id: string;
  readonly version: number;
}

/** The edge of a controller: one route = one line that hands its command or query over. */
@Injectable()
export class Edge {
  constructor(
    private readonly commands: CommandEdge,
    private readonly queries: QueryBus,
    private readonly scopes: Scopes,
    private readonly views: Views,
  ) {}

  async run(command: AggregateCommand, caller: Caller): Promise<Accepted> {
    const { id, version }: CommandResult = await this.commands.run(command, caller);
    return { id, version };
  }

  async ask<Result>(query: ScopedQuery<Result>, caller: Caller): Promise<Result> {
    const principal = query.after === undefined ? caller.principal : { ...caller.principal };
    query.caller = { ...caller, principal };
    await this.views.arrived(query); // before the scope: it is made from views, and must not be older than the caller's own writes
    query.scope = await this.scopes.of(principal);
    return this.queries.execute(query);
  }
}
