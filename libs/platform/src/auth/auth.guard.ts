import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '@keyfold/contracts';
import { type Actor, Forbidden } from '@keyfold/event-sourcing';
import { type EdgeRequest, ROUTE_COMMAND, ROUTE_PUBLIC, ROUTE_ROLES } from '@keyfold/event-sourcing-nest';
import { Authenticator } from './authenticator.js';

/** What is known of a member beside his token. */
export interface Standings {
  standingOf(principal: Actor): Promise<{ readonly left: boolean; readonly granted: readonly Role[] }>;
}

/**
 * Guards every route: public, or open to the roles it declares. A route that declares nothing is open to nobody. Roles are those of the token; granted ones open what is
 * only read, and a consultant has no other: his token alone opens nothing, and a grant that has run out opens nothing either.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly standings: Standings | null,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.getAllAndOverride<boolean>(ROUTE_PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<EdgeRequest & { method: string; headers: { authorization?: string } }>();
    // A copy for each request: a token that was checked before gives the same object, and what is known of its member may have changed.
    request.principal = { ...(await this.authenticator.principalOf(request.headers.authorization)) };
    const allowed = this.reflector.get<Role[] | undefined>(ROUTE_ROLES, context.getHandler()) ?? [];
    const isCommand = this.reflector.get<object | undefined>(ROUTE_COMMAND, context.getHandler()) !== undefined;
    const roles = isCommand ? this.rolesToCommand(request.principal) : await this.rolesOf(request.principal, request.method === 'GET');
    if (roles.some((role) => allowed.some((other) => other === role))) return true;
    throw new Forbidden(request.principal.roles.includes('consultant') && allowed.includes('consultant') ? 'access-expired' : 'role-missing');
  }

  /** Grants open nothing to command, and who has left is told where the command is run, by the same look at the members: it begins here, while the body is judged. */
  private rolesToCommand(principal: Actor): readonly string[] {
    if (principal.memberId !== null) this.standings?.standingOf(principal).catch(() => undefined); // an outage shows there
    return personal(principal.roles);
  }

  private async rolesOf(principal: Actor, reads: boolean): Promise<readonly string[]> {
    const standing = principal.memberId === null ? undefined : await this.standings?.standingOf(principal);
    if (standing?.left) throw new Forbidden('member-offboarded');
    return [...personal(principal.roles), ...(reads ? (standing?.granted ?? []) : [])];
  }
}

const personal = (roles: readonly string[]): readonly string[] => roles.filter((role) => role !== 'consultant');
