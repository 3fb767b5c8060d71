import { expect } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_TEAM } from '@keyfold/platform';
import { eventually, ServiceUnderTest } from '@keyfold/testing';

const SERVICE_TOKEN = '7b1e5f'.repeat(8);

export type Answer<T> = { status: number; body: T & { code?: string; title?: string } };

export const idOf = (user: string): string => DEMO_TEAM.find((person) => person.user === user)!.memberId;

/** A Keyfold in one process, empty but for the demo people, all of whom are onboarded and led by the director. */
export class Office {
  private constructor(
    private readonly keyfold: ServiceUnderTest,
    private readonly data: string,
    private readonly tokens: Readonly<Record<string, string>>,
  ) {}

  static async open(env: Record<string, string> = {}): Promise<Office> {
    const data = await mkdtemp(join(tmpdir(), 'keyfold-office-'));
    const settings = { KEYFOLD_DEMO: 'true', KEYFOLD_DATA: data, KEYFOLD_SERVICE_TOKEN: SERVICE_TOKEN, KEYFOLD_LOG_LEVEL: 'error', ...env };
    const keyfold = await ServiceUnderTest.start({ main: 'services/standalone/src/main.ts', args: ['--empty'], env: settings });
    const tokens: Record<string, string> = { service: SERVICE_TOKEN };
    for (const { user } of [...DEMO_TEAM, { user: 'auditor' }, { user: 'operator' }]) {
      const answer = await keyfold.fetch('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });
      tokens[user] = ((await answer.json()) as { token: string }).token;
    }
    const office = new Office(keyfold, data, tokens);
    for (const { user, name, role, memberId } of DEMO_TEAM)
      await office.done('hr', `accounts/team-members/${memberId}/onboard`, { name, role, managerId: user === 'director' ? null : idOf('director') });
    await eventually(async () => expect((await office.call('director', `accounts/team-board/${idOf('consultant')}`)).status).toBe(200));
    return office;
  }

  async close(): Promise<void> {
    await this.keyfold.kill();
    await rm(this.data, { recursive: true, force: true });
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

  list = async <T>(user: string, path: string): Promise<T[]> => (await this.call<{ items: T[] }>(user, path)).body.items;
}
