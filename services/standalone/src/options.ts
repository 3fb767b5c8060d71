import { parseArgs } from 'node:util';

export interface Options {
  readonly empty: boolean;
  /** Settings that the command line gives; they go before those of the environment. */
  readonly settings: Readonly<Record<string, string>>;
}

export const HELP = `Keyfold on this machine: all services and the dashboard in one process.

  --empty          no demo portfolio in a new data folder
  --port N         port to listen on (3000)
  --host ADDRESS   address to listen on (127.0.0.1)
  --data FOLDER    data folder (./.keyfold)
  --help           this text
`;

/** The command line cannot be understood; the message says what it may be. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Null when help was asked for. Throws UsageError. */
export function readOptions(args: readonly string[]): Options | null {
  const { empty, help, ...given } = parse(args);
  if (help) return null;
  const settings = Object.entries(given).map(([name, value]) => [`KEYFOLD_${name.toUpperCase()}`, String(value)]);
  return { empty: empty === true, settings: Object.fromEntries(settings) };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    return parseArgs({ args: [...args], options: { empty: flag, help: flag, port: text, host: text, data: text } }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}.\n\n${HELP}`);
  }
}
