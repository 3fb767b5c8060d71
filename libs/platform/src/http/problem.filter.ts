import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Logger, Unavailable } from '@keyfold/event-sourcing';
import { type Problem, toProblem } from './problem.js';
import type { Language } from './problem-titles.js';
import { traceIdOf } from './trace.js';

/** French where the caller prefers it to English, else English. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const quality = (language: Language): number => {
    const match = new RegExp(`(?:^|,)\\s*${language}(?:-\\w+)?\\s*(?:;\\s*q=([\\d.]+))?\\s*(?:,|$)`, 'i').exec(acceptLanguage ?? '');
    return match ? Number(match[1] ?? 1) : 0;
  };
  return quality('fr') > quality('en') ? 'fr' : 'en';
}

/** The one place where errors become answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    this.answer(error, request, reply);
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const traceId = traceIdOf(request.headers['traceparent']);
    const problem = toProblem(error, languageOf(request.headers['accept-language']), traceId);
    if (problem.status >= 500) this.report(error, problem, request);
    if (problem.status === 401) void reply.header('www-authenticate', `Bearer realm="keyfold"${problem.code === 'unauthenticated' ? '' : ', error="invalid_token"'}`);
    if (problem.status === 503) void reply.header('retry-after', String(error instanceof Unavailable ? error.retryAfterSeconds : 1));
    void reply.status(problem.status).header('content-type', 'application/problem+json; charset=utf-8').send(JSON.stringify(problem));
  }

  /** The route, not the path: an id may stand in a log, a search text may not. */
  private report(error: unknown, { status, traceId }: Problem, request: FastifyRequest): void {
    const fields = { status, traceId, method: request.method, route: request.routeOptions.url, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    if (status === 503) this.log.warn('request not served', { ...fields, error: String(error), cause: error instanceof Error ? String(error.cause ?? '') : '' });
    else this.log.error('request failed', fields);
  }
}
