import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Role } from '@keyfold/contracts';
import { Create, Read } from '@keyfold/event-sourcing-nest';
import { AuthGuard } from './auth.guard.js';
import type { Authenticator } from './authenticator.js';

class Routes {
  @Read('key-accounts', 'kam', 'director') accounts() { return []; }
  @Read('audit', 'auditor') audit() { return []; }
  @Create('director') register() { return {}; }
}

interface Request {
  readonly route?: keyof Routes;
  readonly method?: string;
  readonly roles: readonly string[];
  readonly memberId?: string | null;
}

/** What becomes of a request: true, or the code of the refusal. */
async function asked(granted: readonly Role[], { route = 'accounts', method = 'GET', roles, memberId = 'm1' }: Request, left = false): Promise<unknown> {
  const authenticator = { principalOf: () => Promise.resolve({ subject: 'u', memberId, roles }) } as unknown as Authenticator;
  const guard = new AuthGuard(new Reflector(), authenticator, { standingOf: () => Promise.resolve({ left, granted }) });
  const context = { getHandler: () => Routes.prototype[route], getClass: () => Routes, switchToHttp: () => ({ getRequest: () => ({ method, headers: {} }) }) } as unknown as ExecutionContext;
  try {
    return await guard.canActivate(context);
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).message;
  }
}

describe('the guard', () => {
  it('lets the declared roles in', async () => expect([await asked([], { roles: ['kam'] }), await asked([], { roles: ['hr'] })]).toEqual([true, 'role-missing']));
  it('takes a consultant for nobody without a grant', async () => expect(await asked([], { roles: ['consultant'] })).toBe('access-expired'));
  it('lets a consultant read what a key account manager reads, while a grant runs', async () => expect(await asked(['consultant'], { roles: ['consultant'] })).toBe(true));
  it('lets nobody change anything by a grant', async () => expect(await asked(['consultant'], { roles: ['consultant'], method: 'POST' })).toBe('access-expired'));
  it('opens by a granted role what is open to it', async () => {
    expect(await asked([], { roles: ['kam'], route: 'audit' })).toBe('role-missing');
    expect(await asked(['auditor'], { roles: ['kam'], route: 'audit' })).toBe(true);
  });
  it('grants nothing to whoever is no member', async () => expect(await asked(['consultant'], { roles: ['consultant'], memberId: null })).toBe('access-expired'));
  it('lets in nobody who has left', async () => expect(await asked([], { roles: ['director'] }, true)).toBe('member-offboarded'));
  it('leaves it to whoever runs a command to tell who has left, and does not wait', async () => expect(await asked([], { route: 'register', method: 'POST', roles: ['director'] }, true)).toBe(true));
  it('lets a consultant command nothing, nor a grant', async () => {
    expect(await asked(['director'], { route: 'register', method: 'POST', roles: ['kam'] })).toBe('role-missing');
    expect(await asked(['director'], { route: 'register', method: 'POST', roles: ['consultant'] })).toBe('role-missing');
  });
});
