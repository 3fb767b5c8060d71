import { BadRequestException, Body, Controller, HttpCode, Inject, Post, Query, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import { type Actor, Forbidden } from '@keyfold/event-sourcing';
import { ROLES } from '@keyfold/contracts';
import { type AggregateCommand, CommandEdge } from './commands.js';
import { Caller, ID } from './edge.js';
import { CommandRoutes } from './registry.js';
import { Allow } from './routes.js';
import { CLOSED_BODY } from './validation.js';

const MAX_LINES = 500;

interface BulkLine {
  readonly aggregate: string;
  readonly command: string | null;
  readonly id: string;
  readonly commandId?: string;
  readonly expectedVersion?: number;
  readonly body: object;
}

/** Turns an error into problem+json; given by the platform, so that bulk lines read like single answers. */
export abstract class Problems {
  abstract of(error: unknown, language: 'fr' | 'en'): { readonly status: number };
}

/** `POST /api/<service>/bulk`: up to 500 commands as NDJSON, a result per line in order. Each line is a command of its own: one refusal does not hurt the others. */
export function bulkController(service: string): Type {
  @Controller(`api/${service}`)
  class BulkController {
    constructor(
      @Inject(CommandEdge) private readonly edge: CommandEdge,
      @Inject(CommandRoutes) private readonly routes: CommandRoutes,
      @Inject(Problems) private readonly problems: Problems,
    ) {}

    @Post('bulk')
    @HttpCode(200)
    @Allow(...ROLES)
    async bulk(@Body() text: unknown, @Query('dryRun') dryRun: string | undefined, @Caller() caller: Caller): Promise<string> {
      const lines = parseLines(text);
      const results = new Array<string>(lines.length);
      // Lines on one aggregate run one after the other, in order; different aggregates run together and share group commits.
      const byTarget = Map.groupBy(lines.keys(), (index) => lines[index]!.id);
      await Promise.all(
        [...byTarget.values()].map(async (indexes) => {
          for (const index of indexes) results[index] = JSON.stringify({ index, ...(await this.line(lines[index]!, caller, dryRun === 'true')) });
        }),
      );
      return `${results.join('\n')}\n`;
    }

    private async line(line: BulkLine, caller: Caller, dryRun: boolean): Promise<object> {
      try {
        const command = await this.command(line, caller.principal);
        const own = { ...caller, principal: { ...caller.principal }, id: line.id, idempotencyKey: line.commandId ?? null, expectedVersion: line.expectedVersion ?? null };
        const { id, version, events } = await this.edge.run(command, own, { dryRun });
        return { status: 200, id, version, events };
      } catch (error) {
        const problem = this.problems.of(error, caller.language);
        return { status: problem.status, problem };
      }
    }

    private async command(line: BulkLine, principal: Actor): Promise<AggregateCommand> {
      const route = this.routes.find(service, line.command === null ? line.aggregate : `${line.aggregate}/${line.command}`);
      if (!route) throw new BadRequestException('command-unknown');
      if (!route.roles.some((role) => principal.roles.includes(role))) throw new Forbidden('role-missing');
      const command = plainToInstance(route.body, line.body);
      const errors = await validate(command, CLOSED_BODY);
      if (errors.length > 0) throw new BadRequestException(errors);
      return command;
    }
  }
  return BulkController;
}

function parseLines(text: unknown): BulkLine[] {
  if (typeof text !== 'string') throw new BadRequestException('bulk-not-ndjson');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0 || lines.length > MAX_LINES) throw new BadRequestException('bulk-line-count');
  return lines.map((line, index) => {
    const parsed = parseLine(line);
    if (!parsed) throw new BadRequestException(`bulk-line-malformed: ${index + 1}`);
    return parsed;
  });
}

function parseLine(text: string): BulkLine | null {
  try {
    // A reviver that refuses prototype keys: JSON.parse makes `__proto__` an own property that a later copy would act on.
    const line = JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__' || key === 'constructor') throw new SyntaxError('forbidden key');
      return value;
    }) as unknown;
    return isLine(line) ? line : null;
  } catch {
    return null;
  }
}

function isLine(line: unknown): line is BulkLine {
  if (!isObject(line)) return false;
  const { aggregate, command, id, commandId, expectedVersion, body } = line;
  return (
    typeof aggregate === 'string' &&
    (command === null || typeof command === 'string') &&
    isId(id) &&
    (commandId === undefined || isId(commandId)) &&
    (expectedVersion === undefined || (Number.isInteger(expectedVersion) && Number(expectedVersion) >= 0)) &&
    isObject(body)
  );
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isId = (value: unknown): value is string => typeof value === 'string' && ID.test(value);
