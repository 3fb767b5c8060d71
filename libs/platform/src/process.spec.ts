import { describe, expect, it } from '@jest/globals';
import { Unavailable } from '@keyfold/event-sourcing';
import { ConfigError } from './config.js';
import { failpointsFrom } from './failpoints.js';
import { createLogger } from './log.js';
import { sentence } from './process.js';

describe('what a failed start says', () => {
  it.each([
    [Object.assign(new Error('listen'), { code: 'EADDRINUSE', port: 3000, address: '127.0.0.1' }), 'Port 3000 on 127.0.0.1 is taken: stop what listens there, or give another port with --port or KEYFOLD_PORT.'],
    [Object.assign(new Error('listen'), { code: 'EACCES', port: 80 }), 'Port 80 may not be used by this user: give one above 1023 with --port or KEYFOLD_PORT.'],
    [new ConfigError(['KEYFOLD_PORT is "x"; it wants a number']), 'the settings are not right:\n  KEYFOLD_PORT is "x"; it wants a number'],
    [new Unavailable('the event store', { cause: new Error('connect ECONNREFUSED') }), 'Keyfold cannot start: the event store is not available (connect ECONNREFUSED). Check that it runs and that the settings name it.'],
  ])('%s', (error, text) => expect(sentence(error)).toBe(text));

  it('shows where a bug is', () => expect(sentence(new TypeError('x is not a function'))).toContain('process.spec'));
});

describe('the log', () => {
  const lines: string[] = [];
  const options = { level: 'warn', fields: { service: 'accounts' }, clock: { now: () => new Date('2026-03-01T12:00:00Z') }, write: (line: string) => void lines.push(line) } as const;

  it('is a line of JSON per message, from the chosen level on', () => {
    const log = createLogger({ ...options, plain: false });
    log.info('left out');
    log.warn('kept\nin one line', { position: 7 });
    expect(lines.splice(0)).toEqual(['{"time":"2026-03-01T12:00:00.000Z","level":"warn","message":"kept\\nin one line","service":"accounts","position":7}\n']);
  });

  it('is short for a person', () => {
    createLogger({ ...options, plain: true }).error('broken', { position: 7, nothing: undefined });
    expect(lines.splice(0)[0]).toContain('12:00:00 broken service=accounts position=7');
  });
});

describe('failpoints', () => {
  it('fail at the nth passing, once', () => {
    const failpoint = failpointsFrom({ KEYFOLD_FAILPOINT: 'before-append=fail@2' });
    expect(() => failpoint('after-append')).not.toThrow();
    expect(() => failpoint('before-append')).not.toThrow();
    expect(() => failpoint('before-append')).toThrow('failpoint before-append');
    expect(() => failpoint('before-append')).not.toThrow();
  });

  it('do nothing in production and refuse what they do not understand', () => {
    expect(() => failpointsFrom({ KEYFOLD_FAILPOINT: 'before-append=fail', NODE_ENV: 'production' })('before-append')).not.toThrow();
    expect(() => failpointsFrom({ KEYFOLD_FAILPOINT: 'before-append' })).toThrow(/wants <name>=<kill\|fail>/);
  });
});
