import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import { run } from '../lib/processes.mjs';

const processes = pathToFileURL(new URL('../lib/processes.mjs', import.meta.url).pathname).href;
const node = (code) => [process.execPath, ['-e', code]];
const waiting = 'setInterval(() => {}, 1000)';

/** A program that imports the module under test; its lines come one by one. */
const program = (code) => {
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import { become, onStopSignal, run, start, stopAll } from '${processes}';\n${code}`,
  ]);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const exited = once(child, 'exit').then(([exitCode]) => exitCode);
  return { child, exited, nextLine: async () => (await lines.next()).value };
};

describe('run', () => {
  it('answers the exit code', async () => {
    expect(await run(...node('process.exit(3)'))).toBe(3);
  });

  it('hands over the output line by line', async () => {
    const lines = [];
    await run(...node('console.log("one\\ntwo"); console.error("three")'), { onLine: (line) => lines.push(line) });
    expect(lines.sort()).toEqual(['one', 'three', 'two']);
  });

  it('says that a program is not there and answers 127', async () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => {});
    expect(await run('no-such-program', [])).toBe(127);
    expect(said).toHaveBeenCalledWith(expect.stringContaining('no-such-program cannot be started'));
    said.mockRestore();
  });

  it('stops what is late and answers 124', async () => {
    expect(await run(...node(waiting), { deadlineMs: 50 })).toBe(124);
  });
});

describe('a stop signal', () => {
  it('ends the children and their children, then the cleanup goes on, and the code says which signal it was', async () => {
    // The grandchild holds the output of its parent open: the parent counts as ended only when both are gone.
    const parent = `require('child_process').spawn(process.execPath, ['-e', 'console.log("up"); ${waiting}'], { stdio: 'inherit' }); ${waiting}`;
    const { child, exited, nextLine } = program(`
      onStopSignal(async () => { await stopAll(); console.log('cleaned'); });
      start(process.execPath, ['-e', ${JSON.stringify(parent)}], { onLine: console.log });`);
    expect(await nextLine()).toBe('up');
    child.kill('SIGTERM');
    expect(await nextLine()).toBe('cleaned');
    expect(await exited).toBe(143);
  });

  it('is passed on, once, to the program that took our place, whose exit code is ours', async () => {
    const successor = `let n = 0; process.on('SIGINT', () => { n += 1; console.log('got ' + n); setTimeout(() => process.exit(n + 6), 100); }); console.log('up'); ${waiting}`;
    const { child, exited, nextLine } = program(`await become(process.execPath, ['-e', ${JSON.stringify(successor)}]);`);
    expect(await nextLine()).toBe('up');
    child.kill('SIGINT');
    expect(await nextLine()).toBe('got 1');
    child.kill('SIGINT');
    expect(await exited).toBe(7);
  });
});
