import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SHORT } from '../scenarios/short.mjs';

const ROOT = resolve(import.meta.dirname, '../../..');
const WITHIN_MS = 8 * 60_000;

/** A run of its own, as anybody starts it: its report is what is judged here. */
describe('under real faults', () => {
  let folder;
  let output = '';
  let report;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keyfold-chaos-spec-'));
    const json = join(folder, 'report.json');
    const args = [
      '--disable-warning=TimeoutNegativeWarning',
      '--import',
      './tools/ts-register.mjs',
      'infra/chaos/main.mjs',
      '--short',
      '--json',
      json,
    ];
    const run = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_OPTIONS: '' } });
    for (const stream of [run.stdout, run.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
    await once(run, 'close');
    try {
      report = JSON.parse(readFileSync(json, 'utf8'));
    } catch {
      throw new Error(`the run left no report:\n${output.slice(-5_000)}`);
    }
  }, WITHIN_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const id of SHORT)
    it(`${id} loses nothing, doubles nothing and recovers alone`, () => {
      const { verdict, reason, violations = [], lost, doubled, acknowledged } = report.scenarios.find((row) => row.id === id);
      if (verdict === 'left out') {
        console.warn(`${id} was left out: ${reason}`);
        return;
      }
      if (verdict !== 'passed') console.error(output.slice(-20_000));
      expect({ verdict, violations, lost, doubled }).toEqual({ verdict: 'passed', violations: [], lost: 0, doubled: 0 });
      expect(acknowledged).toBeGreaterThan(0);
    });
});
