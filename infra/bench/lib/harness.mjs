import { watchCpu } from './cpu.mjs';
import { controlHolds, discardReason, filledUp, median, orderOf, ratioOf } from './statistics.mjs';

/**
 * Lets contenders do the same work in interleaved rounds. A contender is
 *   { name, prepare(round) -> work }, work is { run() -> { ops, value?, ... }, verify?(), close?() }
 * Only `run` is measured. Its figure is operations per second, or `value` where it returns one; everything else it returns is kept as it is.
 * `verify` throws when the result is not what it must be: a fast wrong run is a failure, and ends the metric.
 */
export async function interleave({ contenders, rounds, context, metric }) {
  const kept = [];
  const samples = [];
  const discarded = [];
  const names = contenders.map(({ name }) => name);
  const most = rounds + (context.keepNoisy ? 0 : context.repeats);
  // The first round warms everybody up: connections, caches of the servers, the compiler. It counts for nothing.
  for (let round = -1; kept.length < rounds && round < most; round++) {
    const figures = {};
    let foreignShare = 0;
    for (const name of orderOf(names, Math.max(round, 0))) {
      const sample = await measured(
        contenders.find((contender) => contender.name === name),
        round,
        context,
      );
      if (!sample) continue;
      figures[name] = sample.figure;
      foreignShare = Math.max(foreignShare, sample.foreignShare);
      if (round >= 0) samples.push({ round, ...sample });
    }
    if (round < 0) continue;
    const reason = context.keepNoisy ? null : discardReason({ foreignShare });
    context.progress(metric, round, figures, reason);
    if (reason) discarded.push({ round, reason, foreignShare, figures });
    else kept.push({ round, ...figures });
  }
  return { rounds: filledUp(kept, discarded, rounds), samples, discarded };
}

async function measured(contender, round, context) {
  const work = await contender.prepare(round);
  try {
    await context.settle();
    globalThis.gc?.();
    const cpu = watchCpu(context.pids);
    const { ops, value, ...details } = await inTime(work.run(), context.longestRunMs, contender.name);
    const { wallMs, cpuUs, foreignShare } = cpu.stop();
    const perOp = Object.fromEntries(Object.entries(cpuUs).map(([name, us]) => [name, us / ops]));
    await work.verify?.();
    return { name: contender.name, ops, wallMs, figure: value ?? (ops / wallMs) * 1_000, cpuUsPerOp: perOp, foreignShare, ...details };
  } finally {
    await work.close?.();
  }
}

/** A contender that hangs fails its metric; the others go on. */
async function inTime(work, ms, name) {
  let timer;
  const late = new Promise((_resolve, reject) => (timer = setTimeout(() => reject(new Error(`${name} was not done after ${ms / 1_000} s`)), ms)));
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs a contender a second time under another name, as the control of the run: the two must come out alike. */
export const withControl = (contenders, of) => [...contenders, { ...contenders.find(({ name }) => name === of), name: `${of} again` }];

export const controlOf = (rounds, of) => {
  const control = ratioOf(rounds, of, `${of} again`);
  return { ...control, holds: controlHolds(control) };
};

/** Median CPU time per operation of one contender, by process. */
export function cpuOf(samples, name) {
  const own = samples.filter((sample) => sample.name === name);
  const processes = Object.keys(own[0]?.cpuUsPerOp ?? {});
  return Object.fromEntries(processes.map((process) => [process, median(own.map((sample) => sample.cpuUsPerOp[process]))]));
}

/** Works through `count` tasks with so many at a time. */
export async function closedLoop(count, concurrency, work) {
  let next = 0;
  const lane = async (number) => {
    while (next < count) await work(next++, number);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, (_, i) => lane(i)));
}
