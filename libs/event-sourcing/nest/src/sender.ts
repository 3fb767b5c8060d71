import { plainToInstance } from 'class-transformer';
import { validate } from 'class-validator';
import type { CommandSender, OutgoingCommand } from '@keyfold/event-sourcing';
import type { CommandEdge } from './commands.js';
import { WAIT_MS } from './edge.js';
import type { CommandRoutes } from './registry.js';
import { CLOSED_BODY } from './validation.js';

/** Sends the commands of policies and processes to the own service through the same edge and validation as HTTP. */
export class LocalSender implements CommandSender {
  constructor(
    private readonly service: string,
    private readonly routes: CommandRoutes,
    private readonly edge: CommandEdge,
  ) {}

  async send(outgoing: OutgoingCommand): Promise<{ id: string; version: number }> {
    const route = this.routes.find(this.service, outgoing.name);
    if (!route) throw new Error(`${this.service} has no command ${outgoing.name}`);
    const command = plainToInstance(route.body, outgoing.body);
    const errors = await validate(command, CLOSED_BODY);
    if (errors.length > 0) throw new Error(`${outgoing.name}: the body is invalid: ${errors.map(String).join('; ')}`);
    return this.edge.run(
      command,
      {
        principal: { subject: `service:${this.service}`, memberId: null, roles: ['service'] },
        id: outgoing.id,
        idempotencyKey: outgoing.commandId,
        expectedVersion: null,
        correlationId: outgoing.correlationId,
        traceparent: outgoing.traceparent,
        language: 'en',
        waitMs: WAIT_MS,
      },
      { causationId: outgoing.causationId },
    );
  }
}
