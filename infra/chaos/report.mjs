// What a run found, as a table for people and as JSON for machines.
import { writeFileSync } from 'node:fs';

const COLUMNS = [
  ['scenario', ({ id }) => id],
  ['verdict', ({ verdict }) => verdict],
  ['sent', ({ sent }) => sent],
  ['acknowledged', ({ acknowledged }) => acknowledged],
  ['unknown', ({ unknown }) => unknown],
  ['lost', ({ lost }) => lost],
  ['doubled', ({ doubled }) => doubled],
  ['faults', ({ faults }) => faults && Object.values(faults).reduce((a, b) => a + b, 0)],
  ['seconds', ({ seconds }) => seconds && Math.round(seconds)],
  ['what', ({ title }) => title],
];

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const text = (value) => (value === null || value === undefined ? '-' : String(value));

/** One line per scenario, the recovery times, and every violation. */
export function table(rows) {
  const cells = [COLUMNS.map(([name]) => name), ...rows.map((row) => COLUMNS.map(([, of]) => text(of(row))))];
  const widths = COLUMNS.map((_, i) => Math.max(...cells.map((line) => line[i].length)));
  const lines = cells.map((line) => line.map((cell, i) => (i === line.length - 1 ? cell : cell.padEnd(widths[i]))).join('  '));
  return [...lines, '', ...recoveries(rows), ...rows.flatMap(complaints)].join('\n');
}

function recoveries(rows) {
  const all = new Map();
  for (const { recoveriesMs = {} } of rows)
    for (const [what, times] of Object.entries(recoveriesMs)) all.set(what, [...(all.get(what) ?? []), ...times]);
  const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
  return [...all].map(
    ([what, times]) => `${what}: median ${seconds(median(times))}, worst ${seconds(Math.max(...times))} of ${times.length}`,
  );
}

/** What is wrong with a row, line by line. */
export function complaints({ id, verdict, reason, violations = [] }) {
  if (verdict === 'left out') return [`${id} was left out: ${reason}`];
  return violations.flatMap(({ invariant, count, examples }) => [
    `${id} breaks ${invariant}, ${count} times:`,
    ...examples.map((example) => `  ${example}`),
  ]);
}

/** Sums over the scenarios that ran. */
export function totals(rows) {
  const ran = rows.filter(({ verdict }) => verdict !== 'left out');
  const sum = (name) => ran.reduce((total, row) => total + (row[name] ?? 0), 0);
  return {
    scenarios: ran.length,
    failed: ran.filter(({ verdict }) => verdict === 'FAILED').length,
    leftOut: rows.length - ran.length,
    sent: sum('sent'),
    acknowledged: sum('acknowledged'),
    unknown: sum('unknown'),
    lost: sum('lost'),
    doubled: sum('doubled'),
  };
}

export function writeReport(file, { options, rows, seconds }) {
  const { seed, kills = null, commands = null, short = false } = options;
  writeFileSync(
    file,
    `${JSON.stringify({ seed, kills, commands, short, seconds: Math.round(seconds), totals: totals(rows), scenarios: rows }, null, 2)}\n`,
  );
}
