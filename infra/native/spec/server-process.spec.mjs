import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from '@jest/globals';
import { ServerProcess } from '../server-process.mjs';
import { temporaryFolder } from './temporary.mjs';

const SERVER = `console.log('listening'); process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000);`;
const DEAF = SERVER.replace('process.exit(0)', 'undefined');

const started = [];
const parents = [];
function server(dir = temporaryFolder()) {
  const process = new ServerProcess({ name: 'little', dir });
  started.push(process);
  return process;
}
const listens = (process) => () => readFileSync(process.logFile, 'utf8').includes('listening');
// The folder stands in the command line, as a real server's data folder does.
const start = (process, script, isReady = listens(process), deadlineMs = 10_000) =>
  process.start(globalThis.process.execPath, ['-e', script, process.dir], { isReady, deadlineMs });

afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill('SIGKILL'); // or the runner waits for it for ever
  return Promise.all(started.splice(0).map((process) => process.kill()));
});

describe('ServerProcess', () => {
  it('runs until it is stopped, for whoever knows its folder', async () => {
    const little = server();
    await start(little, SERVER);
    const later = server(little.dir);
    expect(later.pid).toBe(little.pid);
    await later.stop(5_000);
    expect(little.pid).toBeNull();
    expect(existsSync(little.pidFile)).toBe(false);
  });

  it('kills what does not stop within the deadline', async () => {
    const little = server();
    await start(little, DEAF);
    await little.stop(100);
    expect(little.pid).toBeNull();
  });

  it('shows the end of the log of a server that ends early', async () => {
    const little = server();
    await expect(start(little, `console.error('the disk is full'); process.exit(3)`, () => false)).rejects.toThrow(
      /little ended early \(exit code 3\); the end of .*little\.log:\nthe disk is full/,
    );
  });

  it('kills a server that is late', async () => {
    const little = server();
    await expect(start(little, SERVER, () => false, 300)).rejects.toThrow('little was not ready within 0.3 s');
    expect(little.pid).toBeNull();
  });

  it('says so when the program is not there', async () => {
    await expect(server().start('/nowhere/mongod', [], { isReady: () => false, deadlineMs: 5_000 })).rejects.toThrow(
      /(did not start|ended early)/,
    );
  });

  it('leaves alone a process that got the pid of a server that is gone', () => {
    const little = server();
    writeFileSync(little.pidFile, String(process.pid));
    expect(little.pid).toBeNull();
  });

  it('dies with the process that started it, even when that is killed', async () => {
    const little = server();
    // Ready once it speaks: until then the process may be about to become another one (setpriv, then the server), and has no command line for a moment.
    const script = `const { readFileSync } = await import('node:fs');
      const { ServerProcess } = await import(${JSON.stringify(new URL('../server-process.mjs', import.meta.url).href)});
      const little = new ServerProcess({ name: 'little', dir: ${JSON.stringify(little.dir)} });
      await little.start(process.execPath, ['-e', ${JSON.stringify(SERVER)}, little.dir], { isReady: () => readFileSync(little.logFile, 'utf8').includes('listening'), deadlineMs: 5000 });
      console.log('up'); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    parents.push(parent);
    await once(parent.stdout, 'data');
    expect(little.pid).not.toBeNull();
    parent.kill('SIGKILL');
    const deadline = Date.now() + 5_000;
    while (little.pid && Date.now() < deadline) await new Promise(setImmediate);
    expect(little.pid).toBeNull();
  });
});
