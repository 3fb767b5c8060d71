import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '@keyfold/contracts';
import { Forbidden } from '@keyfold/event-sourcing';
import { type EdgeRequest, ROUTE_PUBLIC, ROUTE_ROLES } from '@keyfold/event-sourcing-nest';
import { Authenticator } from './authenticator.js';

/** Guards every route: public, or open to the roles it declares. A route that declares nothing is open to nobody. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(ROUTE_PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<EdgeRequest & { headers: { authorization?: string } }>();
    request.principal = await this.authenticator.principalOf(request.headers.authorization);
    const allowed = this.reflector.get<Role[] | undefined>(ROUTE_ROLES, context.getHandler()) ?? [];
    if (!request.principal.roles.some((role) => allowed.some((other) => other === role))) throw new Forbidden('role-missing');
    return true;
  }
}
