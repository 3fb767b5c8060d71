import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { type DiscoveryService, MetadataScanner } from '@nestjs/core';
import { AggregateCommand, PageQuery, ROUTE_COMMAND, ROUTE_PUBLIC, ROUTE_ROLES, ScopedQuery } from '@keyfold/event-sourcing-nest';
import { schemaOf } from './schemas.js';

interface Route {
  readonly method: string;
  /** As OpenAPI writes it: `/api/accounts/key-accounts/{id}/qualify`. */
  readonly path: string;
  readonly name: string;
  readonly roles: readonly string[] | null;
  readonly isCommand: boolean;
  readonly types: readonly Type[];
}

const PROBLEM = {
  type: 'object',
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    params: { type: 'object' },
    detail: { type: 'string' },
    traceId: { type: 'string' },
    errors: {
      type: 'array',
      items: { type: 'object', properties: { pointer: { type: 'string' }, code: { type: 'string' }, message: { type: 'string' } }, required: ['pointer', 'code', 'message'] },
    },
  },
  required: ['type', 'title', 'status', 'code', 'params'],
};

const ACCEPTED = { type: 'object', properties: { id: { type: 'string' }, version: { type: 'integer', minimum: 0 } }, required: ['id', 'version'] };
const PAGE = {
  type: 'object',
  properties: { items: { type: 'array', items: { type: 'object' } }, next: { type: ['string', 'null'] }, stale: { type: 'boolean' } },
  required: ['items', 'next', 'stale'],
};

const COMMAND_HEADERS = [
  { name: 'Idempotency-Key', in: 'header', required: false, description: 'Id of the command: the same key gives the same result, once.', schema: { type: 'string', maxLength: 128 } },
  { name: 'If-Match', in: 'header', required: false, description: 'The version that the caller has seen, in quotes.', schema: { type: 'string' } },
];

const QUERY_HEADERS = [
  { name: 'Prefer', in: 'header', required: false, description: 'wait=<seconds>: how long to wait for the writes named by `after`, 2 unless told, 10 at most.', schema: { type: 'string' } },
];

/** OpenAPI 3.1 of every route of the process, from what the routes themselves declare: paths, roles, bodies, queries. */
export function openApi(discovery: DiscoveryService): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routesOf(discovery)) (paths[route.path] ??= {})[route.method] = operation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'Keyfold', version: '1', description: 'Commands and queries of key account management. Errors are RFC 9457 problems.' },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    paths: Object.fromEntries(Object.entries(paths).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } }, schemas: { Problem: PROBLEM, Accepted: ACCEPTED } },
  };
}

function routesOf(discovery: DiscoveryService): Route[] {
  const scanner = new MetadataScanner();
  return discovery.getControllers().flatMap(({ instance, metatype }) => {
    const controller = metatype as Type;
    const prototype = Object.getPrototypeOf(instance) as Record<string, (...args: never[]) => unknown>;
    return scanner.getAllMethodNames(prototype).flatMap((name): Route[] => {
      const handler = prototype[name]!;
      const method = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const isPublic = Reflect.getMetadata(ROUTE_PUBLIC, handler) ?? Reflect.getMetadata(ROUTE_PUBLIC, controller);
      const parts = [Reflect.getMetadata(PATH_METADATA, controller), Reflect.getMetadata(PATH_METADATA, handler)].flatMap((part) => String(part).split('/'));
      return [
        {
          method: RequestMethod[method].toLowerCase(),
          path: `/${parts.filter(Boolean).join('/')}`.replace(/:(\w+)/g, '{$1}'),
          name,
          roles: isPublic ? null : ((Reflect.getMetadata(ROUTE_ROLES, handler) as string[] | undefined) ?? []),
          isCommand: Reflect.getMetadata(ROUTE_COMMAND, handler) !== undefined,
          types: (Reflect.getMetadata('design:paramtypes', prototype, name) as Type[] | undefined) ?? [],
        },
      ];
    });
  });
}

function operation({ path, method, name, roles, isCommand, types }: Route): object {
  const [, , service = 'keyfold', ...rest] = path.split('/');
  const ids = [...path.matchAll(/\{(\w+)\}/g)].map(([, id]) => ({ name: id, in: 'path', required: true, schema: { type: 'string' } }));
  const body = types.find((type) => type.prototype instanceof AggregateCommand);
  const query = types.find((type) => type.prototype instanceof ScopedQuery);
  return {
    operationId: [method, service, ...rest].join('-').replace(/[{}]/g, ''),
    summary: sentenceOf(name),
    tags: [service],
    ...(roles === null ? { security: [] } : { description: `For ${roles.join(', ')}.` }),
    parameters: [...ids, ...(isCommand ? COMMAND_HEADERS : []), ...(query ? [...QUERY_HEADERS, ...queryParameters(query)] : [])],
    ...(body && { requestBody: { required: Object.keys(schemaOf(body)).includes('required'), content: json(schemaOf(body)) } }),
    responses: {
      [statusOf(path, method, isCommand)]: { description: 'Done', ...answerOf(isCommand, query) },
      default: { description: 'A problem', content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } },
    },
  };
}

function answerOf(isCommand: boolean, query: Type | undefined): object {
  if (isCommand) return { headers: { ETag: { schema: { type: 'string' } } }, content: json({ $ref: '#/components/schemas/Accepted' }) };
  if (query) return { content: json(query.prototype instanceof PageQuery ? PAGE : { type: 'object' }) };
  return {};
}

/** A plain create is a POST that ends with the plural; a command on one aggregate has its id before its name. */
const statusOf = (path: string, method: string, isCommand: boolean): string => (isCommand && method === 'post' && !path.includes('{') ? '201' : '200');

function queryParameters(query: Type): object[] {
  const { properties, required = [] } = schemaOf(query) as { properties: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema: withoutNull(schema) }));
}

const withoutNull = (schema: { anyOf?: object[] }): object => schema.anyOf?.[0] ?? schema;

const json = (schema: object): object => ({ 'application/json': { schema } });

/** `requestClosure` is "Request closure". */
const sentenceOf = (name: string): string => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
};
