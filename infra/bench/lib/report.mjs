import { verdict } from './statistics.mjs';

/** Progress: beside the table, which alone goes to the standard output. */
export const log = (line) => console.error(`  ${line}`);

const digits = (value) => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2));
const bound = (value, lowerIsBetter) => (value === undefined ? '' : `${lowerIsBetter ? '≤' : '≥'} ${value}`);

const SENTENCES = { target: 'target', floor: 'floor', unsure: 'unsure', missed: '**missed**' };

const cpuCell = (cpu) =>
  cpu
    ? Object.entries(cpu)
        .map(([name, us]) => `${name} ${Math.round(us)}`)
        .join(', ')
    : '';

function rowsOf(id, { title, error, results = [], discarded = [], control }) {
  if (error) return [[id, `${title}: ${error.split('\n')[0]}`, '', '', '', '', 'failed', '', 0, 0]];
  const noisy = discarded.filter(({ counted }) => counted).length;
  const doubt = (noisy ? `, ${noisy} noisy` : '') + (control && !control.holds ? `, control off (${digits(control.ratio)})` : '');
  return results.map((result) => {
    const { what, ratio, interval, floor, target, lowerIsBetter, cpu, rounds } = result;
    if (ratio === undefined) return [id, `${title}: ${what}`, '', '', '', '', 'no round', '', 0, discarded.length];
    const judged = floor === undefined ? '' : SENTENCES[verdict(result, result)];
    const shown = rounds > 1 ? `${digits(interval[0])} – ${digits(interval[1])}` : '';
    return [id, `${title}: ${what}`, digits(ratio), shown, bound(floor, lowerIsBetter), bound(target, lowerIsBetter), judged + doubt, cpuCell(cpu), rounds, discarded.length - noisy];
  });
}

/** The table of a run in Markdown. */
export function tableOf({ metrics }) {
  const head = ['', 'What', 'Ratio', '95 %', 'Floor', 'Target', 'Reached', 'CPU µs per operation', 'Rounds', 'Discarded'];
  const lines = Object.entries(metrics).flatMap(([id, metric]) => rowsOf(id, metric));
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** What was run, on what, and how far it can be trusted. */
export function preambleOf({ at, quick, machine, versions, rounds, commit, notes }) {
  const indicative = quick ? ' **Indicative only**: reduced sizes, few rounds.' : '';
  return [
    `Measured ${at.slice(0, 10)} at ${commit} on ${machine.cores} cores (${machine.model}), ${rounds} rounds.${indicative}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    ...notes,
  ].join('  \n');
}
