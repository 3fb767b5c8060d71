import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Journal, readJournal } from '../journal.mjs';

describe('the journal of a client', () => {
  let folder;
  let journal;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyfold-spec-'));
    journal = await Journal.open(join(folder, 'journal.ndjson'));
  });
  afterEach(async () => {
    await journal.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const invoke = (command, at = 1) => ({ kind: 'invoke', at, command, service: 's', stream: 'a-1' });

  it('is on disk when it says so, whoever writes at the same time', async () => {
    await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        await journal.write([invoke(`c${i}`)]);
        expect(readFileSync(journal.file, 'utf8')).toContain(`"c${i}"`);
      }),
    );
    expect((await readJournal(journal.file)).commands.size).toBe(50);
  });

  it('knows the last word on each command, and when it was first asked for', async () => {
    await journal.write([invoke('c1', 1), invoke('c2', 1), invoke('c3', 1)]);
    await journal.write([
      { kind: 'info', at: 2, command: 'c1', why: 'ECONNRESET' },
      { kind: 'ok', at: 3, command: 'c1', version: 4, events: 1 },
      { kind: 'fail', at: 3, command: 'c2', status: 422, code: 'no' },
      { kind: 'request', at: 3, ms: 2, service: 's', status: 200, error: null },
    ]);
    const { commands, requests } = await readJournal(journal.file);
    expect(commands.get('c1')).toMatchObject({ outcome: 'ok', version: 4, events: 1, invokedAt: 1, answeredAt: 3 });
    expect([commands.get('c2').outcome, commands.get('c3').outcome, requests.length]).toEqual(['fail', 'info', 1]);
  });
});
