import { describe, expect, it } from '@jest/globals';
import { Body, Controller, Query } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import type { DiscoveryService } from '@nestjs/core';
import { Act, AggregateCommand, Create, PageQuery, Read, RowById } from '@keyfold/event-sourcing-nest';
import { openApi } from './openapi.js';
import { schemaOf } from './schemas.js';
import { IsDateOnly, IsId, IsMoney, IsName, IsWhole, type MoneyBody, OrNull } from './validators.js';

class Open extends AggregateCommand {
  @IsName(80) name!: string;
  @OrNull() @IsId() parentId!: string | null;
  @IsOptional() @IsMoney() price?: MoneyBody;
  @IsOptional() @IsDateOnly() on?: string;
  @IsOptional() @IsIn(['A', 'B']) tier?: string;
}
class Close extends AggregateCommand {}
class ListThings extends PageQuery<object> {
  @IsOptional() @IsWhole(1, 9) size?: number;
}
class GetThing extends RowById<object> {}

@Controller('api/stock/things')
class ThingController {
  @Create('kam') open(@Body() _body: Open) {}
  @Act('close', 'director', 'kam') closeForGood(@Body() _body: Close) {}
  @Read('', 'auditor') list(@Query() _query: ListThings) {}
  @Read(':id', 'auditor') get(@Query() _query: GetThing) {}
}

const discovery = { getControllers: () => [{ instance: new ThingController(), metatype: ThingController }] } as unknown as DiscoveryService;

describe('the description of the API', () => {
  const description = openApi(discovery) as { openapi: string; paths: Record<string, Record<string, Record<string, unknown>>> };

  it('has every route, with its roles', () => {
    expect(description.openapi).toBe('3.1.0');
    expect(Object.entries(description.paths).map(([path, methods]) => [path, Object.keys(methods)])).toEqual([
      ['/api/stock/things', ['post', 'get']],
      ['/api/stock/things/{id}', ['get']],
      ['/api/stock/things/{id}/close', ['post']],
    ]);
    const close = description.paths['/api/stock/things/{id}/close']!['post']!;
    expect(close).toMatchObject({ summary: 'Close for good', description: 'For director, kam.', tags: ['stock'], operationId: 'post-stock-things-id-close' });
    expect((close['parameters'] as { name: string }[]).map((parameter) => parameter.name)).toEqual(['id', 'Idempotency-Key', 'If-Match']);
    expect(Object.keys(description.paths['/api/stock/things']!['post']!['responses'] as object)).toEqual(['201', 'default']);
    expect((description.paths['/api/stock/things']!['get']!['parameters'] as { name: string }[]).map((parameter) => parameter.name).toSorted()).toEqual(['Prefer', 'after', 'cursor', 'limit', 'size']);
  });

  it('describes bodies by the rules that judge them', () => {
    const money = {
      type: 'object',
      properties: { amountMinor: { type: 'integer', minimum: -1e15, maximum: 1e15 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
      required: ['amountMinor', 'currency'],
      additionalProperties: false,
    };
    const nothing = { type: 'null' };
    expect(schemaOf(Open)).toEqual({
      type: 'object',
      properties: {
        name: { type: 'string', minLength: 1, maxLength: 80 },
        parentId: { anyOf: [{ type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,63}$' }, nothing] },
        price: { anyOf: [money, nothing] },
        on: { anyOf: [{ type: 'string', format: 'date' }, nothing] },
        tier: { anyOf: [{ enum: ['A', 'B'] }, nothing] },
      },
      required: ['name', 'parentId'],
      additionalProperties: false,
    });
  });
});
