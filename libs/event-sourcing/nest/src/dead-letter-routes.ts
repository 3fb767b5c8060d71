import { BadRequestException, Body, Controller, Get, HttpCode, Inject, NotFoundException, Param, Post, Query, type Type } from '@nestjs/common';
import { IsInt, IsString, Matches, MaxLength, Min, MinLength } from 'class-validator';
import type { DeadLetter, DeadLetterKind, Retried, Subscriber } from '@keyfold/event-sourcing';
import { Caller } from './edge.js';
import { whole } from './ops.js';
import { Allow } from './routes.js';
import { ServiceRuntime } from './runtime.js';
import { ADAPTERS, type Adapters } from './tokens.js';

const STREAM = /^[A-Za-z0-9-]{1,100}$/;
const KINDS: readonly DeadLetterKind[] = ['poison', 'unknown-version', 'queued', 'discarded'];
const MAX_PAGE = 200;

class RetryDeadLetters {
  @IsString() @MaxLength(100) projection!: string;
  @Matches(STREAM) streamId!: string;
}

class DiscardDeadLetter {
  @IsString() @MaxLength(100) projection!: string;
  @Matches(STREAM) streamId!: string;
  /** Of the event at the head of the queue, and of no other. */
  @IsInt() @Min(1) version!: number;
  @IsString() @MinLength(3) @MaxLength(500) reason!: string;
}

/** A dead letter in a list: without the data of its event. */
export interface ListedLetter {
  readonly projection: string;
  readonly streamId: string;
  readonly version: number;
  readonly kind: DeadLetterKind;
  readonly cause: string;
  readonly parkedAt: string;
  readonly eventId: string | null;
  readonly type: string | null;
}

const listed = ({ projection, streamId, version, kind, cause, parkedAt, event }: DeadLetter): ListedLetter => ({
  projection, streamId, version, kind, cause, parkedAt, eventId: event?.eventId ?? null, type: event?.type ?? null,
});

/** `/ops/<service>/dead-letters`: the parked events of projections, policies and processes. */
export function deadLettersController(service: string): Type {
  @Controller(`ops/${service}/dead-letters`)
  class DeadLettersController {
    constructor(
      @Inject(ServiceRuntime) private readonly runtime: ServiceRuntime,
      @Inject(ADAPTERS) private readonly adapters: Adapters,
    ) {}

    /** By projection, stream and version. `cursor` is `<projection>/<stream>/<version>` of the last one seen. */
    @Get()
    @Allow('operator', 'auditor')
    async list(@Query() query: Record<string, string | undefined>): Promise<{ items: ListedLetter[]; next: string | null }> {
      const limit = Math.min(Math.max(whole(query['limit'] ?? '50'), 1), MAX_PAGE);
      const kind = kindOf(query['kind']);
      const from = placeOf(query['cursor']);
      const subscribers = query['projection'] === undefined ? this.byName() : [this.find(query['projection'])];
      const letters: DeadLetter[] = [];
      for (const { projection } of subscribers) {
        if (letters.length > limit) break;
        if (from && projection.name < from.projection) continue;
        const after = from?.projection === projection.name ? from : undefined;
        letters.push(...(await this.adapters.projections.deadLetters(projection, { kind, after, limit: limit + 1 - letters.length })));
      }
      const items = letters.slice(0, limit).map(listed);
      const last = items.at(-1);
      return { items, next: letters.length > limit && last ? `${last.projection}/${last.streamId}/${last.version}` : null };
    }

    /** One letter, with its event as the owner's log has it: personal fields are ciphertext. */
    @Get(':projection/:streamId/:version')
    @Allow('operator', 'auditor')
    async show(@Param() place: Record<string, string>): Promise<object> {
      const subscriber = this.find(place['projection']!);
      const streamId = place['streamId']!;
      const version = whole(place['version']!);
      for (const kind of [undefined, 'discarded'] as const) {
        const [letter] = await this.adapters.projections.deadLetters(subscriber.projection, { streamId, kind, after: { streamId, version: version - 1 }, limit: 1 });
        if (letter?.version === version) return { ...listed(letter), raw: letter.raw, event: await this.runtime.deadLetters.stored(letter, subscriber) };
      }
      throw new NotFoundException('dead letter');
    }

    @Post('retry')
    @HttpCode(200)
    @Allow('operator')
    async retry(@Body() { projection, streamId }: RetryDeadLetters, @Caller() caller: Caller): Promise<Retried> {
      const result = await this.runtime.deadLetters.retry(this.find(projection), streamId);
      await this.audit(caller, 'dead-letters-retried', streamId, { projection, ...result });
      return result;
    }

    @Post('discard')
    @HttpCode(200)
    @Allow('operator')
    async discard(@Body() { projection, streamId, version, reason }: DiscardDeadLetter, @Caller() caller: Caller): Promise<{ left: number }> {
      const subscriber = this.find(projection);
      await this.runtime.deadLetters.discard(subscriber, { streamId, version }, async (letter) => {
        const stored = (await this.runtime.deadLetters.stored(letter, subscriber)) as { eventId?: string } | null;
        await this.audit(caller, 'dead-letter-discarded', `${streamId}@${version}`, { projection, reason, eventId: stored?.eventId ?? null, cause: letter.cause });
      });
      return { left: await this.adapters.projections.countDeadLetters(subscriber.projection, streamId) };
    }

    private audit(caller: Caller, action: string, subject: string, details: Record<string, string | number | boolean | null>): Promise<void> {
      return this.adapters.audit.write({ at: this.adapters.clock.now().toISOString(), actor: caller.principal.subject, action, subject, details });
    }

    private byName(): Subscriber[] {
      return [...this.runtime.subscribers].sort((a, b) => (a.projection.name < b.projection.name ? -1 : 1));
    }

    private find(name: string): Subscriber {
      const subscriber = this.runtime.subscribers.find(({ projection }) => projection.name === name);
      if (!subscriber) throw new NotFoundException('projection');
      return subscriber;
    }
  }
  return DeadLettersController;
}

function kindOf(text: string | undefined): DeadLetterKind | undefined {
  const kind = KINDS.find((known) => known === text);
  if (text !== undefined && !kind) throw new BadRequestException('invalid');
  return kind;
}

function placeOf(cursor: string | undefined): { projection: string; streamId: string; version: number } | null {
  if (cursor === undefined) return null;
  const [, projection, streamId, version] = /^([a-z0-9-]{1,100})\/([A-Za-z0-9-]{1,100})\/(\d{1,9})$/.exec(cursor) ?? [];
  if (!projection || !streamId || !version) throw new BadRequestException('cursor-malformed');
  return { projection, streamId, version: Number(version) };
}
