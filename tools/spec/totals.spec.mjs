import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Totals } from '../lib/totals.mjs';

let folder;
let totals;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'totals-'));
  totals = new Totals();
});
afterEach(() => rmSync(folder, { recursive: true }));

const report = (counts) => {
  const file = join(folder, 'report.json');
  const none = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };
  writeFileSync(file, typeof counts === 'string' ? counts : JSON.stringify({ ...none, ...counts }));
  return file;
};

describe('Totals', () => {
  it('sums the stages', () => {
    totals.addReport(report({ numPassedTests: 3 }), 0);
    totals.addReport(report({ numPassedTests: 2, numFailedTests: 1 }), 1);
    expect(`${totals}`).toBe('5 passed, 1 failed');
    expect(totals.isGood).toBe(false);
  });

  it('is good when something passed and nothing failed', () => {
    totals.addReport(report({ numPassedTests: 1 }), 0);
    expect(totals.isGood).toBe(true);
  });

  it('is not good when nothing ran', () => {
    totals.addReport(report({}), 0);
    expect(`${totals}`).toBe('0 passed, 0 failed');
    expect(totals.isGood).toBe(false);
  });

  it('tells skipped tests only when there are some', () => {
    totals.addReport(report({ numPassedTests: 1, numPendingTests: 1, numTodoTests: 1 }), 0);
    expect(`${totals}`).toBe('1 passed, 0 failed, 2 skipped');
  });

  it('counts a spec file that cannot be loaded as a failure', () => {
    totals.addReport(report({ numPassedTests: 1, numRuntimeErrorTestSuites: 1 }), 1);
    expect(`${totals}`).toBe('1 passed, 1 failed');
  });

  it.each([
    ['no report', () => join(folder, 'absent.json')],
    ['half a report', () => report('{"numPassed')],
  ])('counts a crash that left %s as a failure', (_, file) => {
    totals.addReport(file(), 134);
    expect(`${totals}`).toBe('0 passed, 1 failed');
  });

  it('counts an exit code that no test explains as a failure', () => {
    totals.addReport(report({ numPassedTests: 1 }), 1);
    expect(`${totals}`).toBe('1 passed, 1 failed');
  });
});
