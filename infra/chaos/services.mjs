// The four services of a run as processes of their own, kept up as an orchestrator keeps them up: one that ends is started again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, ServiceUnderTest } from '@keyfold/testing/faults';

export const SERVICES = ['accounts', 'opportunities', 'satisfaction', 'reporting'];
const ROOT = resolve(import.meta.dirname, '../..');
const UP_WITHIN_MS = 180_000;
const SAMPLE_MS = 500;

export class Services {
  #processes = new Map();
  #twins = [];
  #watched = true;
  /** Highest resident memory of each service in MB, over all its processes. */
  peakMemory = Object.fromEntries(SERVICES.map((name) => [name, 0]));

  /** Makes indexes and topics, and starts all four. */
  static async start({ env, dir, log }) {
    const ports = Object.fromEntries(await Promise.all(SERVICES.map(async (name) => [name, await freePort()])));
    const urls = Object.fromEntries(SERVICES.map((name) => [name, `http://127.0.0.1:${ports[name]}`]));
    const peers = Object.fromEntries(SERVICES.map((name) => [`KEYFOLD_${name.toUpperCase()}_URL`, urls[name]]));
    const services = new Services({ env: { ...env, ...peers }, dir, ports, urls, log });
    await services.setUp();
    try {
      const started = await Promise.allSettled(SERVICES.map((name) => services.#startFirst(name)));
      for (const { reason } of started) if (reason) throw reason;
    } catch (error) {
      await services.stop();
      throw error;
    }
    void services.#sample();
    return services;
  }

  constructor({ env, dir, ports, urls, log }) {
    Object.assign(this, { env, dir, ports, urls, log });
  }

  logFile = (name) => join(this.dir, `${name}.log`);

  /** What the deployment does before the services start; again after a broker has lost its topics. */
  async setUp() {
    const job = spawn(process.execPath, [join(ROOT, 'libs/platform/dist/setup.main.js')], {
      env: { ...process.env, ...this.env },
      stdio: 'inherit',
    });
    const [code] = await once(job, 'exit');
    if (code !== 0) throw new Error(`the setup job ended with code ${code}`);
  }

  async #startFirst(name) {
    const options = {
      main: `services/${name}/dist/main.js`,
      env: this.env,
      port: this.ports[name],
      readyWithinMs: UP_WITHIN_MS,
      logFile: this.logFile(name),
    };
    this.#processes.set(name, await untilUp(() => ServiceUnderTest.start(options)));
  }

  /** A second instance of a service beside the first, on a port of its own. Whoever asks for it ends it. */
  async twin(name) {
    const twin = await ServiceUnderTest.start({
      main: `services/${name}/dist/main.js`,
      env: this.env,
      readyWithinMs: UP_WITHIN_MS,
      logFile: this.logFile(name),
    });
    this.#twins.push(twin);
    return twin;
  }

  process(name) {
    return this.#processes.get(name);
  }

  /** Starts a service, again and again while what it needs is not there yet, as an orchestrator does. */
  up(name) {
    return untilUp(() => this.process(name).start());
  }

  async kill(name) {
    await this.process(name).kill();
  }

  /** Starts a service with a failpoint that kills it, and waits until it has: that may be before the service is ready. */
  async diesAt(name, failpoint, withinMs = 120_000) {
    const process = this.process(name);
    await untilUp(() =>
      process.start({ KEYFOLD_FAILPOINT: failpoint }).catch((error) => {
        if (process.endedBy !== 'SIGKILL') throw error;
      }),
    );
    const until = performance.now() + withinMs;
    while (process.pid !== undefined) {
      if (performance.now() > until) throw new Error(`${name} still runs after ${withinMs / 1000} s: its failpoint ${failpoint} was not reached`);
      await delay(20);
    }
  }

  async #sample() {
    while (this.#watched) {
      for (const [name, { pid }] of this.#processes) this.peakMemory[name] = Math.max(this.peakMemory[name], residentMegabytes(pid));
      await delay(SAMPLE_MS, undefined, { ref: false });
    }
  }

  async stop() {
    this.#watched = false;
    await Promise.all([...this.#processes.values(), ...this.#twins].map((service) => service.kill()));
  }
}

/** A service that cannot start yet ends and says why; it is started again, as everywhere else. */
async function untilUp(start) {
  for (const until = performance.now() + UP_WITHIN_MS; ;)
    try {
      return await start();
    } catch (error) {
      if (performance.now() > until) throw error;
      await delay(500);
    }
}

function residentMegabytes(pid) {
  try {
    return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024);
  } catch {
    return 0;
  }
}
