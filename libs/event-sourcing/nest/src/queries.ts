import { createHmac, timingSafeEqual } from 'node:crypto';
import { BadRequestException, Inject, Injectable } from '@nestjs/common';
import { Query } from '@nestjs/cqrs';
import { IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { Type } from 'class-transformer';
import { type Filter, isStreamOf, type Projection, type ProjectionStore, type View } from '@keyfold/event-sourcing';
import type { Caller } from './edge.js';
import type { Scope } from './commands.js';
import type { ServiceDefinition } from './runtime.js';
import { ADAPTERS, type Adapters, PROJECTIONS, SERVICE } from './tokens.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Cursor of the next page; null on the last one. */
  readonly next: string | null;
  /** True when the writes named by `after` had not arrived within the wait. */
  readonly stale: boolean;
}

/** A query; caller and scope are put on it at the edge. */
export abstract class ScopedQuery<Result> extends Query<Result> {
  caller!: Caller;
  scope!: Scope;
  /** Whether the writes named by `after` are in every view of the service; set at the edge, before the scope is made from such views. */
  settled?: boolean;

  /** Own writes to wait for: `<stream>:<version>`, comma-separated. */
  @IsOptional()
  @Matches(/^[A-Za-z0-9-]{1,100}:\d{1,9}(,[A-Za-z0-9-]{1,100}:\d{1,9}){0,19}$/)
  after?: string;
}

/** A query of one row by its id. */
export abstract class RowById<Result> extends ScopedQuery<Result> {
  get id(): string {
    return this.caller.id!;
  }
}

/** A paged query. */
export abstract class PageQuery<Item> extends ScopedQuery<Page<Item>> {
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  @IsOptional()
  @IsString()
  @MaxLength(2_000)
  cursor?: string;
}

/** Reads pages and rows from views: own writes awaited, cursors signed. */
@Injectable()
export class Views {
  constructor(
    @Inject(PROJECTIONS) private readonly store: ProjectionStore,
    @Inject(ADAPTERS) private readonly adapters: Adapters,
    @Inject(SERVICE) private readonly definition: ServiceDefinition,
  ) {}

  of<Row extends object>(projection: Projection<Row>) {
    return this.store.view(projection);
  }

  /**
   * True when every write named by `after` is in the views of this service that follow its stream: scopes and names come from other views
   * than the one that is asked, so it waits for all of them, once per query.
   */
  async arrived(query: ScopedQuery<unknown>): Promise<boolean> {
    query.settled ??= await this.settle(query);
    return query.settled;
  }

  private async settle(query: ScopedQuery<unknown>): Promise<boolean> {
    const writes = (query.after ?? '').split(',').filter(Boolean).map((write) => ({ stream: write.slice(0, write.lastIndexOf(':')), version: Number(write.slice(write.lastIndexOf(':') + 1)) }));
    const waits = this.definition.projections.flatMap((projection) =>
      writes
        .filter(({ stream }) => projection.follows.some((contract) => isStreamOf(contract, stream)))
        .map(({ stream, version }) => this.store.view(projection).waitFor(stream, version, query.caller.waitMs)),
    );
    return (await Promise.all(waits)).every(Boolean);
  }

  /** `through`: what the rows are read through, when the caller may not see all of them. */
  async page<Row extends object>(projection: Projection<Row>, query: PageQuery<unknown>, options: { filter?: Filter; sort?: Record<string, 1 | -1>; through?: Pick<View<Row>, 'find'> }): Promise<Page<Row>> {
    const stale = !(await this.arrived(query));
    const sort = options.sort ?? {};
    const after = query.cursor === undefined ? undefined : this.openCursor(query.cursor, projection.name, Object.keys(sort).length + 1);
    const rows = await (options.through ?? this.of(projection)).find({ filter: options.filter, sort, limit: query.limit + 1, after });
    const items = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? (items[items.length - 1] as Record<string, unknown>) : null;
    return { items, stale, next: last && this.cursor(projection.name, [...Object.keys(sort).map((field) => last[field] ?? null), last['id']]) };
  }

  /** A page of rows that are already in memory and in order: the cursor is the id of the last row given out and its place. */
  slice<Item extends { readonly id: string }>(name: string, items: readonly Item[], query: PageQuery<unknown>, stale: boolean): Page<Item> {
    const after = query.cursor === undefined ? null : this.openCursor(query.cursor, name, 2);
    let start = 0;
    if (after) {
      const [place, id] = after as [number, string];
      const found = items.findIndex((item) => item.id === id);
      start = found >= 0 ? found + 1 : place;
    }
    const page = items.slice(start, start + query.limit);
    const end = start + page.length;
    return { items: page, stale, next: end < items.length ? this.cursor(name, [end, page[page.length - 1]!.id]) : null };
  }

  private cursor(name: string, values: readonly unknown[]): string {
    const payload = Buffer.from(JSON.stringify(values)).toString('base64url');
    return `${payload}.${this.sign(name, payload)}`;
  }

  private openCursor(cursor: string, name: string, length: number): unknown[] {
    const [payload = '', signature = ''] = cursor.split('.');
    const expected = this.sign(name, payload);
    if (signature.length !== expected.length || !timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) throw new BadRequestException('cursor-malformed');
    const values = JSON.parse(Buffer.from(payload, 'base64url').toString()) as unknown[];
    if (!Array.isArray(values) || values.length !== length) throw new BadRequestException('cursor-malformed');
    return values;
  }

  private sign(name: string, payload: string): string {
    return createHmac('sha256', this.adapters.cursorKey).update(`${name}.${payload}`).digest('base64url').slice(0, 22);
  }
}
