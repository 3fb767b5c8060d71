import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, writeSync } from 'node:fs';
import { eventually } from '@keyfold/event-sourcing/waiting';
import { freePort } from './ports.js';
import { programOf, ROOT } from './program.js';

const OUTPUT_KEPT = 64 * 1024;
const SETPRIV = '/usr/bin/setpriv';

export interface ServiceOptions {
  /** What to run, from the repository's root: a built `.../dist/main.js`, or a `.ts` source (see `programOf`). */
  readonly main: string;
  readonly args?: readonly string[];
  /** Added to this process's environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Default: a free one, the same over restarts. Reaches the service as KEYFOLD_PORT. */
  readonly port?: number;
  /** The path that answers 2xx once the service is ready. */
  readonly readyPath?: string;
  readonly readyWithinMs?: number;
  /** Keeps all that it writes, over restarts; `output` keeps the end alone. */
  readonly logFile?: string;
}

/** A service as a process of its own, for tests that stop, kill and restart it. It dies with the test process at the latest. */
export class ServiceUnderTest {
  private child: ChildProcess | null = null;
  private kept = '';
  /** Open for as long as this process lives: the last words of a killed service come when its folder may be gone. */
  private readonly logFile: number | null;

  private constructor(
    private readonly options: ServiceOptions,
    readonly port: number,
  ) {
    this.logFile = options.logFile ? openSync(options.logFile, 'a') : null;
  }

  /** Resolves when the service is ready. A service that ends early or is late is an error that shows the end of its output. */
  static async start(options: ServiceOptions): Promise<ServiceUnderTest> {
    const service = new ServiceUnderTest(options, options.port ?? (await freePort()));
    await service.start();
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.running?.pid;
  }

  /** The signal that ended it; null while it runs, and where it ended by itself. */
  get endedBy(): NodeJS.Signals | null {
    return this.child?.signalCode ?? null;
  }

  /** The last 64 KB of what it wrote, over restarts. */
  get output(): string {
    return this.kept;
  }

  fetch = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(new URL(path, this.url), { signal: AbortSignal.timeout(30_000), ...init });

  /** `env` is added for this run alone: a failpoint, for instance. */
  async start(env: ServiceOptions['env'] = {}): Promise<void> {
    if (this.running) throw new Error(`${this.options.main} is running already`);
    const child = this.spawn(env);
    try {
      await eventually(() => this.expectReady(child), { deadlineMs: this.options.readyWithinMs ?? 60_000, everyMs: 50 });
    } catch (error) {
      await this.kill();
      throw error;
    }
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(this.report('ended early'));
  }

  /** Asks it to end and answers its exit code, or null where it did not end by itself within the deadline and was killed. */
  async stop(withinMs = 15_000): Promise<number | null> {
    return this.end('SIGTERM', withinMs);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.end(signal, 5_000);
  }

  /** Freezes it (SIGSTOP) until `resume`, as a machine that is suspended, or a process that waits for memory. */
  pause(): void {
    this.running?.kill('SIGSTOP');
  }

  resume(): void {
    this.running?.kill('SIGCONT');
  }

  /** Stops it if it runs, and starts it again on the same port. */
  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  private get running(): ChildProcess | null {
    return this.child && this.child.exitCode === null && this.child.signalCode === null ? this.child : null;
  }

  private spawn(env: ServiceOptions['env']): ChildProcess {
    const node = [process.execPath, '--disable-warning=ExperimentalWarning', ...programOf(this.options.main), ...(this.options.args ?? [])];
    // The kernel kills the service when the process of the test ends, however that ends.
    const [command = '', ...args] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', ...node] : node;
    const child = spawn(command, args, { cwd: ROOT, env: this.environment(env), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => this.keep(text));
    child.once('error', (error) => (this.kept += `\n${error.message}`));
    this.child = child;
    return child;
  }

  private keep(text: string): void {
    this.kept = (this.kept + text).slice(-OUTPUT_KEPT);
    if (this.logFile !== null) writeSync(this.logFile, text);
  }

  private environment(env: ServiceOptions['env']): NodeJS.ProcessEnv {
    return { ...process.env, NODE_OPTIONS: undefined, NODE_ENV: undefined, KEYFOLD_PORT: String(this.port), ...this.options.env, ...env };
  }

  private async expectReady(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const response = await fetch(new URL(this.options.readyPath ?? '/health/ready', this.url), {
      signal: AbortSignal.timeout(5_000),
    }).catch((error: Error) => {
      throw new Error(this.report(`does not answer (${error.message})`));
    });
    if (!response.ok) throw new Error(this.report(`is not ready (${response.status} ${await response.text()})`));
  }

  private report(how: string): string {
    return `${this.options.main} ${how}; the end of its output:\n${this.kept.slice(-4_000).trim() || '(none)'}`;
  }

  private async end(signal: NodeJS.Signals, withinMs: number): Promise<number | null> {
    const child = this.running;
    if (!child) return this.child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const force = setTimeout(() => child.kill('SIGKILL'), withinMs);
    await ended;
    clearTimeout(force);
    return child.exitCode;
  }
}
