import { Unavailable } from '@keyfold/event-sourcing';

/** Something that runs until it is stopped. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const DRAIN_MS = 10_000;

/**
 * Runs a program until SIGTERM or Ctrl-C: then it has its requests sent elsewhere, ends those under way and exits with 0. After 10 s, or at a second signal, it ends at once.
 * A failed start is one message of what to do and exit code 1.
 */
export async function runToTheEnd(start: () => Promise<Running>): Promise<void> {
  let running: Running | null = null;
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    if (running === null) process.exit(0);
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  try {
    running = await start();
  } catch (error) {
    fail(error);
  }
}

/** Errors that a person can mend say how; the others are bugs and show where. */
const MENDABLE = ['ConfigError', 'DataFolderError', 'UsageError'];

function fail(error: unknown): never {
  process.stderr.write(`${sentence(error)}\n`);
  process.exit(1);
}

export function sentence(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (MENDABLE.includes(error.name)) return error.message;
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') return `Port ${port} on ${address} is taken: stop what listens there, or give another port with --port or KEYFOLD_PORT.`;
  if (code === 'EACCES' && port !== undefined) return `Port ${port} may not be used by this user: give one above 1023 with --port or KEYFOLD_PORT.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${address ?? 'The address'} is not an address of this machine: set KEYFOLD_HOST to one that is.`;
  if (error instanceof Unavailable || error.name.startsWith('Mongo')) return `Keyfold cannot start: ${error.message}${error.cause instanceof Error ? ` (${error.cause.message})` : ''}. Check that it runs and that the settings name it.`;
  return error.stack ?? error.message;
}
