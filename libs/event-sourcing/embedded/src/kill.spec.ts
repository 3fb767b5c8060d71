import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { realClock } from '@keyfold/event-sourcing/testing';
import { openDataFolder } from './data-folder.js';
import { EVENT_LOG, SqliteEventStore } from './sqlite-event-store.js';

const PACKAGE = resolve(import.meta.dirname, '..');
const REGISTER = resolve(PACKAGE, '../../../tools/ts-register.mjs');

let path: string;
beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'keyfold-'));
});
afterEach(() => rmSync(path, { recursive: true }));

/** The streams whose appends were acknowledged before the process was killed in the middle of its work. */
async function acknowledgedBeforeKill(prefix: string): Promise<string[]> {
  const child = spawn(process.execPath, ['--no-warnings', '--import', REGISTER, join(PACKAGE, 'test/append-until-killed.ts'), path, prefix], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (output.length > 4_000) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  return output.split('\n').slice(0, -1);
}

describe('an acknowledged append (G2)', () => {
  it('survives kill -9, again and again, with positions dense and the folder free', async () => {
    for (const prefix of ['first', 'second']) {
      const acknowledged = await acknowledgedBeforeKill(prefix);
      expect(acknowledged.length).toBeGreaterThan(100);
      const folder = openDataFolder(path);
      const store = new SqliteEventStore('accounts', folder.database('accounts', EVENT_LOG), { clock: realClock });
      for (const streamId of acknowledged) expect(await store.head(streamId)).toBe(1);
      const commits = await store.feed(0, 100_000);
      expect(commits.map((commit) => commit.position)).toEqual(commits.map((_, i) => i + 1));
      folder.close();
    }
  }, 30_000);
});
