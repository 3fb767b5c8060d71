import { BadRequestException, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Actor } from '@keyfold/event-sourcing';

/** What the edge knows of a request besides its body and query. The auth guard has set `principal`. */
export interface Caller {
  readonly principal: Actor;
  /** The `:id` of the path; null on a plain create. */
  readonly id: string | null;
  readonly idempotencyKey: string | null;
  /** If-Match: the stream version the caller has seen. */
  readonly expectedVersion: number | null;
  readonly correlationId: string | null;
  readonly traceparent: string | null;
  readonly language: 'fr' | 'en';
  /** How long a query may wait for the writes named by `after`, in ms: `Prefer: wait=<seconds>` (RFC 7240), 2 s unless told, 10 s at most. */
  readonly waitMs: number;
}

export const WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 10_000;

export interface EdgeRequest {
  principal?: Actor;
  params: Record<string, string>;
  headers: Record<string, string | string[] | undefined>;
}

export const ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;
const KEY = /^[\x21-\x7e]{1,128}$/;

/** `@Caller()`: the caller of a route, read from the request once. Throws 400 for a malformed id, Idempotency-Key or If-Match. */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Caller => callerOf(context.switchToHttp().getRequest<EdgeRequest>()));

export function callerOf(request: EdgeRequest): Caller {
  if (!request.principal) throw new Error('a route was reached without the auth guard');
  const header = (name: string): string | null => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : null;
  };
  const id = request.params['id'] ?? null;
  if (id !== null && !ID.test(id)) throw new BadRequestException('id-malformed');
  const idempotencyKey = header('idempotency-key');
  if (idempotencyKey !== null && !KEY.test(idempotencyKey)) throw new BadRequestException('idempotency-key-malformed');
  return {
    principal: request.principal,
    id,
    idempotencyKey,
    expectedVersion: ifMatch(header('if-match')),
    correlationId: null,
    traceparent: header('traceparent'),
    language: header('accept-language')?.toLowerCase().startsWith('fr') ? 'fr' : 'en',
    waitMs: preferredWait(header('prefer')),
  };
}

/** `"7"` or `W/"7"`; `*` means any version. */
function ifMatch(value: string | null): number | null {
  if (value === null || value === '*') return null;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(value.trim())?.[1];
  if (version === undefined) throw new BadRequestException('if-match-malformed');
  return Number(version);
}

/** A preference that is not understood is left out, as RFC 7240 wants it. */
function preferredWait(value: string | null): number {
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})"?(?=$|[,;\s])/i.exec(value ?? '')?.[1];
  return seconds === undefined ? WAIT_MS : Math.min(Number(seconds) * 1_000, LONGEST_WAIT_MS);
}
