import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { map, type Observable } from 'rxjs';

/** An answer that is one aggregate carries its version as ETag, so that it can come back in If-Match. */
@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(
      map((answer: unknown) => {
        const version = (answer as { version?: unknown } | null | undefined)?.version;
        if (Number.isSafeInteger(version)) void context.switchToHttp().getResponse<FastifyReply>().header('etag', `"${String(version)}"`);
        return answer;
      }),
    );
  }
}
