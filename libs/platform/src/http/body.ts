import { BadRequestException, PayloadTooLargeException, UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import type { ProblemCode } from './problem-titles.js';

export const BODY_LIMIT = 1_048_576;
const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const bad = (code: ProblemCode): BadRequestException => new BadRequestException(code);

/**
 * Strict JSON and NDJSON, and nothing else: UTF-8 without a byte order mark, at most 1 MB, at most 32 deep, no keys that reach a prototype,
 * no numbers that overflow, no NUL and no half surrogate pairs in texts.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  const register = (type: string, parse: (text: string) => unknown): void => {
    const accepted = new RegExp(`^${type.replace(/[/.+]/g, '\\$&')} ?(?:; ?charset="?utf-8"?)?$`, 'i');
    fastify.addContentTypeParser(type, { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (request, body, done) => {
      try {
        if (!accepted.test(request.headers['content-type'] ?? '')) throw new UnsupportedMediaTypeException();
        done(null, parse(decode(body as Buffer)));
      } catch (error) {
        done(error as Error, undefined);
      }
    });
  };
  register('application/json', parseJsonObject);
  register('application/x-ndjson', checkedLines);
  fastify.addHook('preValidation', (request, _reply, done) => {
    // A command without facts of its own may come without a body.
    if (request.method === 'POST' && request.body === undefined) request.body = {};
    done(Object.keys(request.query as object).some((key) => FORBIDDEN_KEYS.has(key)) ? bad('invalid') : undefined);
  });
}

function decode(body: Buffer): string {
  if (body.length > BODY_LIMIT) throw new PayloadTooLargeException();
  try {
    return utf8.decode(body);
  } catch {
    throw bad('json-malformed');
  }
}

export function parseJsonObject(text: string): object {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('json-not-an-object');
  return value;
}

/** The text itself: bulk judges its lines one by one. What would be refused in a single body is refused here for the whole request. */
function checkedLines(text: string): string {
  for (const line of text.split('\n')) {
    try {
      parseJson(line);
    } catch (error) {
      if (error instanceof BadRequestException && error.message === 'json-malformed') continue; // bulk says which line
      throw error;
    }
  }
  return text;
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw bad('json-malformed');
  }
  check(value);
  return value;
}

/** Walks without recursion: depth is the caller's to choose. */
function check(root: unknown): void {
  const pending: [value: unknown, depth: number][] = [[root, 1]];
  let values = 0;
  for (let entry = pending.pop(); entry; entry = pending.pop()) {
    const [value, depth] = entry;
    if (++values > MAX_VALUES) throw bad('json-too-many-values');
    if (typeof value === 'string') checkText(value);
    else if (typeof value === 'number') {
      if (!Number.isFinite(value)) throw bad('json-number-too-large');
    } else if (typeof value === 'object' && value !== null) {
      if (depth > MAX_DEPTH) throw bad('json-too-deep');
      for (const key of Object.keys(value)) {
        if (FORBIDDEN_KEYS.has(key)) throw bad('json-forbidden-key');
        checkText(key);
        pending.push([(value as Record<string, unknown>)[key], depth + 1]);
      }
    }
  }
}

function checkText(text: string): void {
  if (text.includes('\0') || !text.isWellFormed()) throw bad('json-text-malformed');
}
