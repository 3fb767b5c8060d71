import { existsSync, readFileSync } from 'node:fs';

/** Sums of tests over the stages of a run. */
export class Totals {
  passed = 0;
  failed = 0;
  skipped = 0;

  /** Takes the JSON report of one jest run. One that crashed, or failed without a failing test, counts as a failure itself. */
  addReport(file, exitCode) {
    const report = readReport(file);
    if (!report) return this.addFailure();
    // A spec file that cannot be loaded has no tests to fail: it counts as one.
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    this.passed += report.numPassedTests;
    this.failed += failed === 0 && exitCode !== 0 ? 1 : failed;
    this.skipped += report.numPendingTests + report.numTodoTests;
  }

  addFailure() {
    this.failed += 1;
  }

  get isGood() {
    return this.failed === 0 && this.passed > 0;
  }

  toString() {
    return `${this.passed} passed, ${this.failed} failed${this.skipped > 0 ? `, ${this.skipped} skipped` : ''}`;
  }
}

const readReport = (file) => {
  try {
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
  } catch {
    return null;
  }
};
