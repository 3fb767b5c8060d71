import { start, untilStopped } from './processes.mjs';

const COLOURS = [36, 33, 32, 35, 34, 31];

/** Starts named programs whose output lines carry their name: { name, command, args, env, cwd }. Answers the children, each with its name. */
export const startPrefixed = (programs) => {
  const width = Math.max(...programs.map(({ name }) => name.length));
  return programs.map(({ name, command, args, ...options }, index) => {
    const label = `${name.padEnd(width)} |`;
    const coloured = process.stdout.isTTY ? `\u001b[${COLOURS[index % COLOURS.length]}m${label}\u001b[0m` : label;
    return Object.assign(start(command, args, { ...options, onLine: (line) => console.log(`${coloured} ${line}`) }), { label: name });
  });
};

/** The first of the children to end: its name and exit code. None of them is meant to. */
export const firstToEnd = (children) =>
  untilStopped(Promise.race(children.map(async (child) => ({ name: child.label, code: await child.ended }))));
