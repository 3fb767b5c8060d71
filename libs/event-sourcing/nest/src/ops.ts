import { BadRequestException, ConflictException, Controller, Get, Header, HttpCode, Inject, NotFoundException, Param, Post, Query, ServiceUnavailableException, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { NoPreviousGeneration, type Rebuilder } from '@keyfold/event-sourcing';
import { Caller, ID } from './edge.js';
import { hasForgotten } from './erasure.js';
import { Allow, Public } from './routes.js';
import { type ProjectionStatus, runtimesOf, ServiceRuntime } from './runtime.js';
import { ADAPTERS, type Adapters } from './tokens.js';

const MAX_FEED = 1_000;
/** A rollback that does not come through in this time has changed nothing. */
const ROLLBACK_MS = 20_000;

/** `/ops/<service>/...`: the feed for the other services, and what an operator needs. */
export function opsController(service: string): Type {
  @Controller(`ops/${service}`)
  class OpsController {
    constructor(
      @Inject(ServiceRuntime) private readonly runtime: ServiceRuntime,
      @Inject(ADAPTERS) private readonly adapters: Adapters,
    ) {}

    /** NDJSON, a numbered commit per line: those after a position, or those of one stream after a version. */
    @Get('feed')
    @Allow('service', 'operator')
    @Header('content-type', 'application/x-ndjson')
    async feed(@Query() query: Record<string, string | undefined>): Promise<string> {
      const commits = query['stream']
        ? (await this.adapters.store.load(query['stream'], whole(query['afterVersion'] ?? '0'))).filter((commit) => commit.position !== null)
        : await this.adapters.store.feed(whole(query['after'] ?? '0'), Math.min(whole(query['limit'] ?? '500'), MAX_FEED));
      return commits.map((commit) => `${JSON.stringify(commit)}\n`).join('');
    }

    @Get('position')
    @Allow('service', 'operator')
    async position(): Promise<{ position: number }> {
      return { position: await this.adapters.store.lastPosition() };
    }

    @Get('projections')
    @Allow('operator')
    projections(): Promise<ProjectionStatus[]> {
      return this.runtime.status();
    }

    @Get('projections/:name')
    @Allow('operator')
    async projection(@Param('name') name: string): Promise<ProjectionStatus> {
      const status = (await this.runtime.status()).find((candidate) => candidate.name === name);
      if (!status) throw new NotFoundException('projection');
      return status;
    }

    @Post('projections/:name/rebuild')
    @HttpCode(202)
    @Allow('operator')
    async rebuild(@Param('name') name: string, @Caller() { principal }: Caller): Promise<ProjectionStatus> {
      await this.runtime.rebuild(this.rebuilder(name), principal.subject);
      return this.projection(name);
    }

    @Post('projections/:name/rollback')
    @HttpCode(200)
    @Allow('operator')
    async rollBack(@Param('name') name: string, @Caller() { principal }: Caller): Promise<ProjectionStatus> {
      await this.rebuilder(name).rollBack(principal.subject, AbortSignal.timeout(ROLLBACK_MS)).catch(asConflict);
      return this.projection(name);
    }

    @Post('projections/:name/discard')
    @HttpCode(200)
    @Allow('operator')
    async discard(@Param('name') name: string, @Caller() { principal }: Caller): Promise<ProjectionStatus> {
      await this.rebuilder(name).discard(principal.subject).catch(asConflict);
      return this.projection(name);
    }

    @Get('person-keys/:id')
    @Allow('service')
    async personKey(@Param('id') id: string): Promise<{ key: string | null; destroyed: boolean }> {
      if (!ID.test(id)) throw new BadRequestException('id-malformed');
      const key = await this.adapters.personKeys.keyFor(id, false);
      return key === 'destroyed' ? { key: null, destroyed: true } : { key: base64(key), destroyed: false };
    }

    /** Whether this service has heard of an erasure: it has read the person's stream up to a version. */
    @Get('erasures/:stream')
    @Allow('service', 'operator')
    async erasure(@Param('stream') streamId: string, @Query('version') version: string | undefined): Promise<{ noted: boolean }> {
      return { noted: await hasForgotten(this.adapters.projections, streamId, whole(version ?? '')) };
    }

    private rebuilder(name: string): Rebuilder {
      const rebuilder = this.runtime.rebuilder(name);
      if (!rebuilder) throw new NotFoundException('projection');
      return rebuilder;
    }
  }
  return OpsController;
}

/** Probes. Liveness asks nothing of anybody; readiness asks the stores alone. */
@Public()
@Controller('health')
export class HealthController {
  constructor(@Inject(DiscoveryService) private readonly discovery: DiscoveryService) {}

  @Get('live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('startup')
  startup(): Promise<{ status: 'ok' }> {
    return this.ready();
  }

  @Get('ready')
  async ready(): Promise<{ status: 'ok' }> {
    const answers = await Promise.all(runtimesOf(this.discovery).map((runtime) => runtime.ready().catch(() => false)));
    if (!answers.every(Boolean)) throw new ServiceUnavailableException('not ready');
    return { status: 'ok' };
  }
}

function asConflict(error: unknown): never {
  if (error instanceof NoPreviousGeneration) throw new ConflictException(`conflict: ${error.message}`);
  throw error;
}

export function whole(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new BadRequestException('number-malformed');
  return Number(text);
}

const base64 = (key: Uint8Array | null): string | null => key && Buffer.from(key).toString('base64');
