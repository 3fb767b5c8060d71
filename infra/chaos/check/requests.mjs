// I7: every request ends in time with 2xx, 4xx or 503. I11: memory is bounded, and no process logs an error that nobody handled.
import { HANG_MS } from '../load/client.mjs';

/** `frozen`: a process was stopped (SIGSTOP) in this run, so that a request may have waited for it. */
export function checkRequests(requests, { frozen }, violations) {
  for (const { service, status, error, ms } of requests) {
    if (error === 'HANG' && !frozen) violations.add('I7', `${service}: no answer within ${HANG_MS / 1000} s`);
    if (status !== null && status >= 500 && status !== 503) violations.add('I7', `${service}: ${status} after ${ms} ms`);
  }
}

/** The last line is what Node says when it ends of an exception, with the exception before it. */
const NOBODY_HANDLED = /unhandled ?rejection|uncaught exception|triggerUncaughtException|^Node\.js v\d/i;
const LINES_BEFORE = 12;

/** `output`: service -> what it wrote over the run. `memory`: service -> highest resident memory in MB. */
export function checkProcesses({ output, memory, limitMegabytes }, violations) {
  for (const [service, text] of Object.entries(output)) {
    const lines = text.split('\n');
    for (const [i, line] of lines.entries()) {
      if (NOBODY_HANDLED.test(line))
        violations.add('I11', `${service}: ${[line, ...lines.slice(Math.max(0, i - LINES_BEFORE), i)].join('\n').slice(0, 2_000)}`);
      else if (line.includes('"request failed"')) violations.add('I7', `${service}: ${line.slice(0, 500)}`);
    }
  }
  for (const [service, megabytes] of Object.entries(memory))
    if (megabytes > limitMegabytes) violations.add('I11', `${service}: ${megabytes} MB resident, the limit is ${limitMegabytes} MB`);
}
