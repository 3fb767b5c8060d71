import type { Clock, Logger } from '@keyfold/event-sourcing';

export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** Fields of every line. */
  readonly fields?: object;
  readonly clock: Pick<Clock, 'now'>;
  readonly write: (line: string) => void;
  /** Short lines for a person instead of JSON. */
  readonly plain: boolean;
}

const COLOURS: Readonly<Record<LogLevel, string>> = { info: '\u001b[2m', warn: '\u001b[33m', error: '\u001b[31m' };

/** One line per message: JSON for machines, short text for a person. */
export function createLogger(options: LogOptions): Logger {
  const from = LOG_LEVELS.indexOf(options.level);
  const line = (level: LogLevel, message: string, fields: object = {}): void => {
    if (LOG_LEVELS.indexOf(level) < from) return;
    const time = options.clock.now().toISOString();
    if (options.plain) options.write(`${COLOURS[level]}${time.slice(11, 19)} ${message}${plainFields({ ...options.fields, ...fields })}\u001b[0m\n`);
    else options.write(`${JSON.stringify({ time, level, message, ...options.fields, ...fields })}\n`);
  };
  return {
    info: (message, fields) => line('info', message, fields),
    warn: (message, fields) => line('warn', message, fields),
    error: (message, fields) => line('error', message, fields),
  };
}

const plainFields = (fields: object): string =>
  Object.entries(fields)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('');
