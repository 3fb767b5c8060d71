import { expect } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_POLICIES } from '@keyfold/contracts';
import { DEMO_PEOPLE, DEMO_TEAM } from '@keyfold/platform';
import { eventually, ServiceUnderTest } from '@keyfold/testing';

const SERVICE_TOKEN = '7b1e5f'.repeat(8);

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body & { readonly code?: string; readonly title?: string; readonly detail?: string; readonly params?: Readonly<Record<string, unknown>>; readonly version?: number };
}

/** Id of a demo person as a team member. */
export const idOf = (user: string): string => DEMO_TEAM.find((person) => person.user === user)!.memberId;

/** A Keyfold in one process, as the demo people and its own services (`service`) use it over HTTP. Paths are what follows `/api/`. */
export class Demo {
  private readonly tokens: Record<string, string> = { service: SERVICE_TOKEN };

  private constructor(
    readonly keyfold: ServiceUnderTest,
    /** The data folder. */
    readonly data: string,
  ) {}

  /** With the demo portfolio. */
  static async open(env: Record<string, string> = {}, args: readonly string[] = []): Promise<Demo> {
    const data = await mkdtemp(join(tmpdir(), 'keyfold-demo-'));
    const settings = { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: data, KEYFOLD_SERVICE_TOKEN: SERVICE_TOKEN, ...env };
    const demo = new Demo(await ServiceUnderTest.start({ main: 'services/standalone/src/main.ts', args, env: settings }), data);
    await demo.signIn();
    return demo;
  }

  /** Empty but for the demo people, all of whom are onboarded and led by the director. */
  static async openEmpty(env: Record<string, string> = {}): Promise<Demo> {
    const demo = await Demo.open({ KEYFOLD_LOG_LEVEL: 'error', ...env }, ['--empty']);
    for (const { user, name, role, memberId } of DEMO_TEAM)
      await demo.done('hr', `accounts/team-members/${memberId}/onboard`, { name, role, managerId: user === 'director' ? null : idOf('director') });
    await eventually(async () => expect((await demo.call('director', `accounts/team-board/${idOf('consultant')}`)).status).toBe(200));
    return demo;
  }

  async close(): Promise<void> {
    await this.keyfold.kill();
    await rm(this.data, { recursive: true, force: true });
  }

  /** Again after a restart at another time: tokens end. */
  async signIn(): Promise<void> {
    for (const { user } of DEMO_PEOPLE) {
      const answer = await this.keyfold.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
      this.tokens[user] = ((await answer.json()) as { token: string }).token;
    }
  }

  call = async <T = { id: string; version: number }>(user: string, path: string, body?: object, more: Record<string, string> = {}): Promise<Answer<T>> => {
    const headers = { authorization: `Bearer ${this.tokens[user]}`, 'content-type': 'application/json', ...more };
    const answer = await this.keyfold.fetch(`/api/${path}`, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
    return { status: answer.status, body: (await answer.json()) as Answer<T>['body'] };
  };

  /** A command that has to be taken; the id of what it was told to. */
  done = async (user: string, path: string, body: object): Promise<string> => {
    const answer = await this.call(user, path, body);
    expect([path, answer.status < 300, answer.body.code]).toEqual([path, true, undefined]);
    return answer.body.id;
  };

  /** Gives the account a tier, on a score that is high enough for any. */
  qualified = async (id: string, tier: string): Promise<Answer<{ id: string; version: number }>> => {
    await this.done('director', `accounts/key-accounts/${id}/score`, { points: DEFAULT_POLICIES.selection.criteria.map(({ code }) => ({ criterion: code, points: 8 })) });
    return this.call('director', `accounts/key-accounts/${id}/qualify`, { tier, reason: 'strategic' });
  };

  list = async <T>(user: string, path: string): Promise<T[]> => (await this.call<{ items: T[] }>(user, path)).body.items;
}
