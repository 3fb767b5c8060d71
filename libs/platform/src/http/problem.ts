import { HttpException, Injectable } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import {
  CommandIdReused,
  CommitTooLarge,
  DomainError,
  EventTooLarge,
  Forbidden,
  NotFound,
  StaleVersion,
  Unavailable,
  UnknownEventVersion,
  WrongExpectedVersion,
} from '@keyfold/event-sourcing';
import { Problems } from '@keyfold/event-sourcing-nest';
import { Unauthenticated } from '../auth/unauthenticated.js';
import { fieldErrors, type FieldError } from './field-errors.js';
import { hasTitle, type Language, type ProblemCode, titleOf } from './problem-titles.js';

/** RFC 9457. `code` is stable and translatable, `params` fill its sentence; `title` is the sentence in the caller's language. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly detail?: string;
  readonly traceId?: string;
  readonly errors?: readonly FieldError[];
}

interface Kind {
  readonly status: number;
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly detail?: string;
  readonly errors?: readonly FieldError[];
  /** Sentence for a code that has none of its own. */
  readonly otherwise?: ProblemCode;
}

const BY_STATUS: Readonly<Record<number, ProblemCode>> = {
  400: 'invalid', 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 409: 'conflict', 412: 'stale-version', 413: 'too-large', 414: 'too-large',
  415: 'unsupported-media-type', 422: 'refused', 431: 'too-large', 503: 'unavailable',
};

/** What an error means to the caller. Anything unknown is a 500 that tells nothing of the inside. */
export function toProblem(error: unknown, language: Language, traceId?: string): Problem {
  const { status, code, params = {}, detail, errors, otherwise } = kindOf(error, language);
  return {
    type: `urn:keyfold:problem:${code}`,
    title: titleOf(code, params, language, otherwise ?? BY_STATUS[status] ?? 'internal'),
    status,
    code,
    params,
    ...(detail !== undefined && { detail }),
    ...(traceId !== undefined && { traceId }),
    ...(errors && { errors }),
  };
}

function kindOf(error: unknown, language: Language): Kind {
  if (error instanceof DomainError) return { status: 422, code: error.code, params: error.params, otherwise: 'refused' };
  if (error instanceof NotFound) return { status: 404, code: 'not-found', params: { kind: error.kind, id: error.id } };
  if (error instanceof Forbidden) return { status: 403, code: error.code, otherwise: 'forbidden' };
  if (error instanceof Unauthenticated) return { status: 401, code: error.code };
  if (error instanceof WrongExpectedVersion) return { status: 409, code: 'conflict' };
  if (error instanceof StaleVersion) return { status: 412, code: 'stale-version', params: { expected: error.expected, actual: error.actual } };
  if (error instanceof CommandIdReused) return { status: 422, code: 'command-id-reused' };
  if (error instanceof EventTooLarge || error instanceof CommitTooLarge)
    return { status: 413, code: error instanceof EventTooLarge ? 'event-too-large' : 'commit-too-large', params: { bytes: error.bytes, limit: error.limit } };
  if (error instanceof Unavailable) return { status: 503, code: 'unavailable', params: { what: error.what } };
  // Another instance may know it, or this one after its upgrade: the caller may try again.
  if (error instanceof UnknownEventVersion) return { status: 503, code: 'event-version-unknown', params: { type: error.type, version: error.version } };
  if (error instanceof HttpException) return kindOfHttp(error, language);
  return kindOfFramework(error);
}

/** Routes and pipes throw these with a code as their message ("id-malformed", "bulk-line-malformed: 3") or with validation errors. */
function kindOfHttp(error: HttpException, language: Language): Kind {
  const status = error.getStatus();
  const response = error.getResponse();
  const message = typeof response === 'string' ? response : (response as { message?: unknown }).message;
  if (Array.isArray(message)) return { status, code: 'invalid', errors: fieldErrors(message as ValidationError[], language) };
  const [code = '', detail] = String(message).split(': ', 2);
  return hasTitle(code) ? { status, code, detail } : { status, code: BY_STATUS[status] ?? 'invalid' };
}

/** Errors of the HTTP server itself carry a status; only those that blame the caller are passed on. */
function kindOfFramework(error: unknown): Kind {
  const status = Number((error as { statusCode?: unknown } | null)?.statusCode);
  return status >= 400 && status < 500 ? { status, code: BY_STATUS[status] ?? 'invalid' } : { status: 500, code: 'internal' };
}

/** The same mapping for the lines of a bulk request. */
@Injectable()
export class PlatformProblems extends Problems {
  override of(error: unknown, language: Language): Problem {
    return toProblem(error, language);
  }
}
