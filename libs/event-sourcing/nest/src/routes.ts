import { applyDecorators, Get, HttpCode, Post, SetMetadata } from '@nestjs/common';
import type { Role } from '@keyfold/contracts';

/** Roles that may use a route; the guard denies a route that declares none, and a service with such a route does not start. */
export const ROUTE_ROLES = 'keyfold:roles';
/** Set on routes that need no sign-in (health, demo sign-in, static files). */
export const ROUTE_PUBLIC = 'keyfold:public';
/** `null` for the plain create of a controller, else the command's name in the path. */
export const ROUTE_COMMAND = 'keyfold:command';

export const Allow = (...roles: Role[]): MethodDecorator => SetMetadata(ROUTE_ROLES, roles);

export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ROUTE_PUBLIC, true);

/** `POST /api/<service>/<plural>`: makes a new aggregate; 201. */
export const Create = (...roles: Role[]): MethodDecorator => applyDecorators(Post(), HttpCode(201), SetMetadata(ROUTE_COMMAND, { name: null }), Allow(...roles));

/** `POST /api/<service>/<plural>/:id/<name>`: a command on one aggregate; 200. */
export const Act = (name: string, ...roles: Role[]): MethodDecorator =>
  applyDecorators(Post(`:id/${name}`), HttpCode(200), SetMetadata(ROUTE_COMMAND, { name }), Allow(...roles));

/** As Act, for a command whose outcome comes later: 202. */
export const Request = (name: string, ...roles: Role[]): MethodDecorator =>
  applyDecorators(Post(`:id/${name}`), HttpCode(202), SetMetadata(ROUTE_COMMAND, { name }), Allow(...roles));

/** `GET <path>`: a query. A consultant may ask what a key account manager may; of which accounts, and until when, his grants say. */
export const Read = (path: string, ...roles: Role[]): MethodDecorator => applyDecorators(Get(path), Allow(...roles, ...(roles.includes('kam') ? (['consultant'] as const) : [])));
