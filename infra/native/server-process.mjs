import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * One server with its data, log and pid file in `dir`. The pid file is what counts, so that a later process can stop what an earlier one started;
 * a pid is believed only while its command line still speaks of `dir`. Unless `detached`, the server dies with this process, also on SIGKILL.
 */
export class ServerProcess {
  constructor({ name, dir, detached = false }) {
    this.name = name;
    this.dir = dir;
    this.detached = detached;
    this.logFile = join(dir, `${name}.log`);
    this.pidFile = join(dir, `${name}.pid`);
    mkdirSync(dir, { recursive: true });
  }

  /** The pid while the server runs, else null. */
  get pid() {
    try {
      const pid = Number(readFileSync(this.pidFile, 'utf8'));
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.dir) ? pid : null;
    } catch {
      return null;
    }
  }

  /** Starts the server and waits until `isReady` answers true. A server that ends early or is late is stopped, and the error shows the end of its log. */
  async start(command, args, { isReady, deadlineMs }) {
    const logStart = existsSync(this.logFile) ? statSync(this.logFile).size : 0;
    const exited = this.#spawn(command, args);
    const deadline = Date.now() + deadlineMs;
    const failed = (how) => new Error(`${this.name} ${how}; the end of ${this.logFile}:\n${tail(this.logFile, logStart)}`);
    let exit;
    void exited.then((how) => (exit = how));
    while (!(await isReady())) {
      if (exit) throw failed(exit);
      if (Date.now() > deadline) {
        await this.kill();
        throw failed(`was not ready within ${deadlineMs / 1000} s`);
      }
      await Promise.race([delay(100), exited]);
    }
  }

  #spawn(command, args) {
    const log = openSync(this.logFile, 'a');
    const line = this.detached ? [command, ...args] : dyingWithThisProcess([command, ...args]);
    // A session of its own: Ctrl-C reaches the tests first, and they stop the servers when they are through with them.
    const child = spawn(line[0], line.slice(1), { cwd: this.dir, stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    if (this.detached) child.unref();
    if (child.pid) writeFileSync(this.pidFile, String(child.pid));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(`did not start (${error.message})`));
      child.once('exit', (code, signal) => resolve(`ended early (${signal ?? `exit code ${code}`})`));
    });
  }

  /** Asks the server to end; at the deadline it is killed. */
  async stop(deadlineMs) {
    if (!(await this.#end('SIGTERM', deadlineMs))) await this.kill();
  }

  async kill() {
    if (!(await this.#end('SIGKILL', 10_000))) throw new Error(`${this.name} (process ${this.pid}) does not die`);
  }

  /** Freezes a running server (SIGSTOP) until `resume`. */
  pause() {
    if (this.pid) signalTo(this.pid, 'SIGSTOP');
  }

  resume() {
    if (this.pid) signalTo(this.pid, 'SIGCONT');
  }

  async #end(signal, deadlineMs) {
    const { pid } = this;
    const deadline = Date.now() + deadlineMs;
    if (pid) signalTo(pid, signal);
    while (pid && !isGone(pid)) {
      if (Date.now() > deadline) return false;
      await delay(50);
    }
    rmSync(this.pidFile, { force: true });
    return true;
  }
}

/** A killed process holds its ports and files until its last thread has ended, even when it is a zombie already. */
function isGone(pid) {
  try {
    const state = /\) (\w) [^)]*$/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
    return state === 'Z' && readdirSync(`/proc/${pid}/task`).length === 1;
  } catch {
    return true;
  }
}

function signalTo(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

const onPath = (program) => (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));

/** The kernel kills the child when its parent ends, however that ends. */
const dyingWithThisProcess = (line) => (onPath('setpriv') ? ['setpriv', '--pdeathsig', 'KILL', ...line] : line);

const tail = (file, from) => readFileSync(file).subarray(from).toString().trim().split('\n').slice(-20).join('\n') || '(empty)';

export const freePort = () =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Whether something listens on the port. */
export const isTaken = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1000 });
    const answer = (taken) => () => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).once('timeout', answer(false));
  });
