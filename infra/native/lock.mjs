import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Does `work` while no other process of this machine holds `file`. A lock whose holder has died is taken over. */
export async function withLock(file, deadlineMs, work) {
  const deadline = Date.now() + deadlineMs;
  while (!acquire(file)) {
    if (Date.now() > deadline) throw new Error(`process ${holder(file)} has held ${file} for too long: end it or remove the file`);
    await delay(200);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function acquire(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    const pid = holder(file);
    if (pid && !isAlive(pid)) rmSync(file, { force: true });
    return false;
  }
}

const holder = (file) => {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
};

export const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
};
