// Disks that are full: a small tmpfs under the data of a server, and a file that takes the rest of it. Needs the right to mount.
import { execFile } from 'node:child_process';
import { mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LEFT_BYTES = 64 * 1024;
const PIECE = Buffer.alloc(1024 * 1024);

/** Why no disk can be mounted here, or null. */
export async function noMounting(dir) {
  const probe = join(dir, `mount-probe-${process.pid}`);
  try {
    await (await mountSmallDisk(probe, 1)).unmount();
    return null;
  } catch (error) {
    return `tmpfs cannot be mounted here (${error.message.trim().split('\n').at(-1)})`;
  } finally {
    await rm(probe, { recursive: true, force: true });
  }
}

export async function mountSmallDisk(folder, megabytes) {
  await mkdir(folder, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  const ballast = join(folder, 'ballast');
  return {
    /** Takes what is free, but for 64 KB. */
    async fill() {
      const file = await open(ballast, 'a');
      try {
        for (;;) {
          const { bavail, bsize } = await statfs(folder);
          const left = bavail * bsize - LEFT_BYTES;
          if (left <= 0) return;
          await file.write(PIECE.subarray(0, Math.min(left, PIECE.length)));
        }
      } catch (error) {
        if (error.code !== 'ENOSPC') throw error; // the server was faster
      } finally {
        await file.close();
      }
    },
    free: () => rm(ballast, { force: true }),
    unmount: () => run('umount', ['-l', folder]),
  };
}
