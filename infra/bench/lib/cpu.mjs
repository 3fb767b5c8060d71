// CPU time of processes and of the whole machine, from /proc (Linux).
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** Clock ticks of /proc are hundredths of a second on every Linux that Node runs on. */
const TICK_US = 10_000;

const fieldsOf = (pid) => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number);
};

/** User and system time of a process with all its threads, in microseconds. */
const processUs = (pid) => {
  const fields = fieldsOf(pid);
  return (fields[11] + fields[12]) * TICK_US;
};

/** Time that the machine's cores were not idle, in microseconds; time stolen by the hypervisor counts as used by others. */
const machineUs = () => {
  const [user, nice, system, , , irq, softirq, steal] = /^cpu +(.*)$/m.exec(readFileSync('/proc/stat', 'utf8'))[1].split(' ').map(Number);
  return (user + nice + system + irq + softirq + steal) * TICK_US;
};

/** Begins to watch: the answer of `stop` is the CPU time since then, per process, and what share of the machine went to anybody else. */
export function watchCpu(pids) {
  const at = () => ({
    time: performance.now(),
    machine: machineUs(),
    used: { client: process.cpuUsage(), ...Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, processUs(pid)])) },
  });
  const before = at();
  return {
    stop() {
      const after = at();
      const cpuUs = { client: after.used.client.user + after.used.client.system - before.used.client.user - before.used.client.system };
      for (const name of Object.keys(pids)) cpuUs[name] = after.used[name] - before.used[name];
      const wallUs = (after.time - before.time) * 1_000;
      const own = Object.values(cpuUs).reduce((sum, us) => sum + us, 0);
      return { wallMs: wallUs / 1_000, cpuUs, foreignShare: Math.max(0, after.machine - before.machine - own) / (wallUs * cpus().length) };
    },
  };
}
