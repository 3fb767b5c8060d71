import { describe, expect, it } from '@jest/globals';
import { readOptions, UsageError } from './options.js';

describe('the command line', () => {
  it('says what the settings are', () => {
    expect(readOptions([])).toEqual({ empty: false, settings: {} });
    expect(readOptions(['--empty', '--port', '4000', '--data=/tmp/x'])).toEqual({ empty: true, settings: { KEYFOLD_PORT: '4000', KEYFOLD_DATA: '/tmp/x' } });
    expect(readOptions(['--help'])).toBeNull();
  });

  it.each([['--prot', '4000'], ['--port'], ['extra']])('refuses %s', (...args) => {
    expect(() => readOptions(args)).toThrow(UsageError);
    expect(() => readOptions(args)).toThrow(/--port N/);
  });
});
