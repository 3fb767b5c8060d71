import type { FastifyInstance } from 'fastify';
import type { Clock } from '@keyfold/event-sourcing';

/** How long an orchestrator and its balancers have to send requests elsewhere. */
const TAKES_LEAVE_MS = 1_000;

/**
 * How a server goes without resetting anybody's connection. When Node closes a listener it also closes the connections that it has accepted and not yet read, and the
 * kernel resets those that are still in its queue. So for a moment before that the server says that it is not ready, and serves whatever comes all the same, each
 * connection ending with its answer.
 */
export class Departure {
  private begun = false;

  /** For a server that is not initialised yet. */
  constructor(
    fastify: FastifyInstance,
    private readonly clock: Clock,
  ) {
    fastify.addHook('onRequest', async (request, reply) => {
      if (!this.begun) return;
      void reply.header('connection', 'close');
      if (request.url === '/health/ready') return reply.code(503).send({ status: 'leaving' });
    });
  }

  /** Resolves when the server may be closed. */
  takeLeave(): Promise<void> {
    this.begun = true;
    return this.clock.wait(TAKES_LEAVE_MS);
  }
}
