import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

const living = new Set();
let stopping = false;
const signalled = (signal) => 128 + (constants.signals[signal] ?? 0);

/**
 * Starts a program in a process group of its own: a Ctrl-C of the terminal reaches us alone, and we decide who stops when.
 * `onLine` receives its output line by line instead of the terminal.
 */
export const start = (command, args, { onLine, ...options } = {}) => {
  const output = onLine ? 'pipe' : 'inherit';
  const child = spawn(command, args, { stdio: ['ignore', output, output], detached: true, ...options });
  living.add(child);
  const streams = onLine ? [child.stdout, child.stderr] : [];
  for (const input of streams) createInterface({ input }).on('line', onLine);
  child.ended = new Promise((resolve) => {
    const end = (code) => {
      living.delete(child);
      resolve(code);
    };
    child.once('error', (error) => {
      console.error(`${command} cannot be started: ${error.message}`);
      end(127);
    });
    child.once('close', (code, signal) => end(code ?? signalled(signal)));
  });
  return child;
};

/** Waits, but not beyond a stop signal: then the cleanup has the last word, and the script that waits here does not go on. */
export const untilStopped = async (promise) => {
  const value = await promise;
  return stopping ? new Promise(() => {}) : value;
};

/** Runs a program to its end and answers its exit code; past `deadlineMs` it is stopped and the code is 124, as with timeout(1). */
export const run = async (command, args, { deadlineMs, ...options } = {}) => {
  const child = start(command, args, options);
  let isLate = false;
  const stopLate = () => {
    isLate = true;
    void stop(child);
  };
  const timer = deadlineMs && setTimeout(stopLate, deadlineMs);
  const code = await untilStopped(child.ended);
  clearTimeout(timer);
  return isLate ? 124 : code;
};

/** Sends a signal to a child and everything that it started. */
export const signalGroup = (child, signal) => {
  try {
    if (child.pid) process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
};

/** Ends a child: politely first, by force after `graceMs`. */
export const stop = async (child, graceMs = 5_000) => {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  await child.ended;
  clearTimeout(timer);
};

export const stopAll = () => Promise.all([...living].map((child) => stop(child)));

// Whatever else ends this process: nothing that it started outlives it.
process.on('exit', () => {
  for (const child of living) signalGroup(child, 'SIGKILL');
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const REPEAT_MS = 1_000;
let cleanup = stopAll;
let successor = null;
let lastSignal = 0;

const onSignal = async (signal) => {
  // npm repeats to us the Ctrl-C that the terminal has sent to us already.
  const repeated = Date.now() - lastSignal < REPEAT_MS;
  lastSignal = Date.now();
  if (repeated) return;
  if (successor) return signalGroup(successor, signal);
  if (stopping) process.exit(signalled(signal));
  stopping = true;
  try {
    await cleanup();
  } catch (error) {
    console.error(error);
  }
  process.exit(signalled(signal));
};

for (const signal of SIGNALS) process.on(signal, () => void onSignal(signal));

/** What happens on Ctrl-C or SIGTERM before this process exits as that signal does: unless said otherwise, all children are stopped. A second signal does not wait for it. */
export const onStopSignal = (work) => {
  cleanup = work;
};

/** Runs a program in our place: the signals we get are its signals, its exit code is ours. */
export const become = async (command, args, options) => {
  successor = start(command, args, options);
  process.exit(await successor.ended);
};
