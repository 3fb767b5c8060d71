import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { withLock } from '../lock.mjs';
import { temporaryFolder } from './temporary.mjs';

const file = () => join(temporaryFolder(), 'lock');

describe('withLock', () => {
  it('lets one work at a time, and leaves nothing behind', async () => {
    const lock = file();
    const steps = [];
    const work = (name) => async () => {
      steps.push(`${name} in`);
      await new Promise(setImmediate);
      steps.push(`${name} out`);
    };
    await Promise.all([withLock(lock, 5_000, work('a')), withLock(lock, 5_000, work('b'))]);
    expect(steps).toEqual(['a in', 'a out', 'b in', 'b out']);
    expect(existsSync(lock)).toBe(false);
  });

  it('is free again after a failure', async () => {
    const lock = file();
    await expect(withLock(lock, 5_000, () => Promise.reject(new Error('no space')))).rejects.toThrow('no space');
    expect(await withLock(lock, 5_000, async () => 'in')).toBe('in');
  });

  it('takes over from a process that has died', async () => {
    const lock = file();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    writeFileSync(lock, String(pid));
    expect(await withLock(lock, 5_000, async () => 'in')).toBe('in');
  });

  it('names the holder when it waits in vain', async () => {
    const lock = file();
    writeFileSync(lock, String(process.pid));
    await expect(withLock(lock, 0, async () => 'in')).rejects.toThrow(`process ${process.pid} has held ${lock}`);
  });
});
