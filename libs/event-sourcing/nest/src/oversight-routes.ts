import { BadRequestException, Body, ConflictException, Controller, Get, HttpCode, Inject, NotFoundException, Param, Post, Query, type Type } from '@nestjs/common';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { KeptAuditEntry, Lag, VerifyJob } from '@keyfold/event-sourcing';
import { Caller } from './edge.js';
import { whole } from './ops.js';
import { Allow } from './routes.js';
import { ServiceRuntime } from './runtime.js';
import { ADAPTERS, type Adapters } from './tokens.js';
import { Verifications } from './verifications.js';
import type { ServiceStatus } from './watch.js';

const MAX_PAGE = 200;
/** An entry's id, or the instant that it begins with. */
const BEFORE = /^\d{4}-\d\d-\d\dT[\d:.]{8,12}Z(\/[\w-]{1,64})?$/;

class VerifyReadModels {
  @IsOptional() @IsString() @MaxLength(100) projection?: string;
}

/** `/ops/<service>/...`: how the service is, whether its read models are right, and what was done to it. */
export function oversightController(service: string): Type {
  @Controller(`ops/${service}`)
  class OversightController {
    constructor(
      @Inject(ServiceRuntime) private readonly runtime: ServiceRuntime,
      @Inject(Verifications) private readonly verifications: Verifications,
      @Inject(ADAPTERS) private readonly adapters: Adapters,
    ) {}

    @Get('lag')
    @Allow('operator', 'auditor')
    async lag(): Promise<{ items: Lag[] }> {
      return { items: await this.runtime.watch.lag() };
    }

    @Get('status')
    @Allow('operator', 'auditor')
    status(): Promise<ServiceStatus> {
      return this.runtime.watch.status();
    }

    @Post('verify')
    @HttpCode(202)
    @Allow('operator')
    async verify(@Body() { projection }: VerifyReadModels, @Caller() caller: Caller): Promise<VerifyJob> {
      if (projection !== undefined && !this.runtime.subscribers.some((subscriber) => subscriber.projection.name === projection)) throw new NotFoundException('projection');
      const job = await this.verifications.start(projection ?? null, caller);
      if (!job) throw new ConflictException('verify-running');
      return job;
    }

    @Get('verify/:id')
    @Allow('operator')
    async verification(@Param('id') id: string): Promise<VerifyJob> {
      const job = await this.verifications.find(id);
      if (!job) throw new NotFoundException('verification');
      return job;
    }

    /** The newest first. `cursor` is the id of the last one seen. */
    @Get('audit')
    @Allow('operator', 'auditor')
    async audit(@Query() query: Record<string, string | undefined>): Promise<{ items: KeptAuditEntry[]; next: string | null }> {
      const limit = Math.min(Math.max(whole(query['limit'] ?? '50'), 1), MAX_PAGE);
      const before = query['cursor'];
      if (before !== undefined && !BEFORE.test(before)) throw new BadRequestException('cursor-malformed');
      const items = await this.adapters.audit.read({ limit, before });
      return { items, next: items.length === limit ? items[items.length - 1]!.id : null };
    }
  }
  return OversightController;
}
