import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type CliResult, ROOT } from './support.js';

/** The built command line, as an image has it, in a folder that is not the repository's, with nothing to talk to. */
const keyfold = (...args: string[]): Promise<CliResult> =>
  new Promise((done) => {
    const child = execFile(
      process.execPath,
      [join(ROOT, 'services/cli/dist/main.js'), ...args],
      { cwd: tmpdir(), env: { PATH: process.env['PATH'] }, maxBuffer: 16 * 1024 * 1024 },
      (_error, out, err) => done({ code: child.exitCode, out, err }),
    );
  });

const frozen = (file: string): unknown => JSON.parse(readFileSync(join(ROOT, 'libs/contracts', file), 'utf8'));
const TYPE = 'accounts.key-account.qualified';

describe('keyfold contracts', () => {
  it('lists every event type with its version, topic and streams', async () => {
    const { code, out } = await keyfold('contracts', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toContainEqual({ type: TYPE, version: 1, topic: 'accounts.events.v1', streams: 'account-<id>' });
    const table = await keyfold('contracts', 'list');
    expect(table.out.trimEnd().split('\n')).toHaveLength((JSON.parse(out) as unknown[]).length);
  });

  it('prints the frozen schema of a type', async () => {
    const { code, out } = await keyfold('contracts', 'schema', TYPE, '--schema-version', '1');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(frozen(`schemas/${TYPE}/v1.json`));
  });

  it('prints the AsyncAPI document that is frozen', async () => {
    const { code, out } = await keyfold('contracts', 'asyncapi');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(frozen('asyncapi.json'));
  });

  it.each([
    [['accounts.key-account.renamed'], 'accounts.key-account.renamed is not an event type'],
    [[TYPE, '--schema-version', '99'], 'has no version 99; the versions are v1'],
    [['../../package'], 'is not an event type'],
  ])('says of %j what is wrong', async (args, sentence) => {
    const { code, err } = await keyfold('contracts', 'schema', ...args);
    expect(code).toBe(1);
    expect(err).toContain(sentence);
    expect(err).not.toContain('    at ');
  });
});
