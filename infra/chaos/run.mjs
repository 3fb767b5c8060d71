// Runs scenarios one after the other: load on, faults, quiescence, all invariants. One laboratory serves as many as it suits.
import { kafkaClassPath, mongodProgram } from '../native/packages.mjs';
import { checkEverything, CHECKED } from './check/check.mjs';
import { Violations } from './check/violations.mjs';
import { Lab, shapeOf } from './lab.mjs';
import { readJournal } from './journal.mjs';
import { newCounts } from './load/load.mjs';
import { randomFrom } from './random.mjs';
import { complaints } from './report.mjs';
import { Sampler } from './sampler.mjs';
import { World } from './world.mjs';

/** After the last fault everything is applied within this time, without anybody's help (I10). A scenario that drives its load as fast as it can has a backlog to work off, and says so. */
const CAUGHT_UP_WITHIN_MS = 60_000;
/** What is late for I10 is still waited for, so that the other invariants are judged when nothing is under way any more. */
const AT_REST_WITHIN_MS = { short: 60_000, full: 600_000 };
/** Far from what a slow machine can do: what is tested are faults. */
const COMMANDS_PER_SECOND = { short: 60, full: 300 };

/**
 * `options`: `{ seed, short, kills, commands, minutes, rate, dir, keep, log }`.
 * Answers a row per scenario; `report.mjs` says what is in it. Never rejects for a scenario: what breaks it is in its row.
 */
export class Run {
  #lab = null;
  #scenarios = 0;

  constructor(options) {
    this.options = { log: () => undefined, ...options };
    this.random = randomFrom(options.seed);
  }

  async scenario(scenario) {
    const { log } = this.options;
    const began = performance.now();
    const reason = (await noServers(log)) ?? (await scenario.leftOut?.());
    if (reason) return { id: scenario.id, title: scenario.title, verdict: 'left out', reason };
    log(`${scenario.id}: ${scenario.title}`);
    const violations = new Violations();
    const since = new Date().toISOString();
    let world = null;
    let checked = null;
    let sampler = null;
    try {
      const lab = await this.#labFor(scenario);
      world = this.#world(lab, violations, scenario);
      sampler = new Sampler(lab.observer, world.prefix, violations);
      await this.#underLoad(scenario, world);
      await this.#quiesce(world, scenario);
      await sampler.stop();
      checked = await checkEverything(lab, { frozen: this.#frozen, notices: scenario.notices, since, violations });
      if (scenario.check) scenario.check(world, await readJournal(lab.journal.file));
    } catch (error) {
      violations.add('RUN', error.stack ?? String(error));
    }
    await sampler?.stop();
    const row = rowOf({ scenario, world, checked, violations, looks: sampler?.looks ?? 0, seconds: (performance.now() - began) / 1000 });
    log(
      `${scenario.id}: ${row.verdict}, ${row.acknowledged} acknowledged, ${row.lost} lost, ${row.doubled} doubled, ${Math.round(row.seconds)} s`,
    );
    for (const line of complaints(row)) log(`  ${line}`);
    if (!violations.none) await this.#abandon();
    return row;
  }

  #frozen = false;

  /** What a violation was found in is not used again: the next scenario would find it too. */
  async #abandon() {
    if (this.#lab) this.#lab.keep = Boolean(this.options.keep);
    await this.close();
  }

  async #labFor({ lab: wanted = {}, frozen, spoilsTopics = [] }) {
    if (this.#lab && this.#lab.shape !== shapeOf(wanted)) await this.close();
    this.#lab ??= await Lab.open({ dir: this.options.dir, log: this.options.log, ...wanted });
    this.#frozen ||= Boolean(frozen);
    for (const service of spoilsTopics) this.#lab.shortened.add(service);
    return this.#lab;
  }

  #world(lab, violations, { id }) {
    const { short, kills, commands, minutes, seed } = this.options;
    const prefix = `${id.toLowerCase()}-${seed.toString(36)}-${this.#scenarios++}`;
    const world = new World({
      lab,
      random: this.random.fork(),
      short,
      kills,
      prefix,
      violations,
      log: (line) => this.options.log(`  ${id}: ${line}`),
    });
    return Object.assign(world, { commands, minutes });
  }

  async #underLoad(scenario, world) {
    const { short, rate } = this.options;
    const wanted = rate ?? (short ? COMMANDS_PER_SECOND.short : undefined);
    if (scenario.load !== null)
      world.startLoad({ ratePerSecond: COMMANDS_PER_SECOND.full, ...scenario.load, ...(wanted && { ratePerSecond: wanted }) });
    try {
      await scenario.run(world);
    } finally {
      world.lab.heal();
      await Promise.all(world.loads.map((load) => load.stop()));
    }
  }

  async #quiesce(world, { caughtUpMeans = 'last fault -> everything applied', caughtUpWithinMs = CAUGHT_UP_WITHIN_MS }) {
    const { observer, strays } = world.lab;
    const since = Math.max(world.lastFaultAt, ...world.loads.map(({ stoppedAt }) => stoppedAt ?? 0));
    const caughtUp = (withinMs) => observer.untilCaughtUp({ withinMs, strays });
    const late = (error) => {
      world.violations.add('I10', error.message);
      return caughtUp(world.short ? AT_REST_WITHIN_MS.short : AT_REST_WITHIN_MS.full);
    };
    try {
      const at = await caughtUp(caughtUpWithinMs).catch(late);
      (world.recoveries[caughtUpMeans] ??= []).push(Math.round(at - since));
    } catch (error) {
      world.violations.add('I10', error.message);
    }
  }

  async close() {
    const lab = this.#lab;
    this.#lab = null;
    this.#frozen = false;
    await lab?.close();
  }
}

/** Why there are no servers here that may be killed, or null. Containers and servers that somebody else has started are not ours to kill. */
async function noServers(log) {
  try {
    await mongodProgram(log);
    await kafkaClassPath(log);
    return null;
  } catch (error) {
    return error.message;
  }
}

const NOTHING = { counts: newCounts(), faults: {}, recoveries: {}, facts: {} };

function rowOf({ scenario, world, checked, violations, looks, seconds }) {
  const { counts, faults, recoveries, facts } = world ?? NOTHING;
  const { lost, doubled, commits } = checked ?? { lost: null, doubled: null, commits: 0 };
  return {
    id: scenario.id,
    title: scenario.title,
    verdict: violations.none ? 'passed' : 'FAILED',
    ...counts,
    lost,
    doubled,
    commitsChecked: commits,
    faults,
    invariants: [...CHECKED, 'I5', 'I10'],
    looksAtConsumers: looks,
    recoveriesMs: recoveries,
    facts,
    violations: violations.list,
    seconds: Math.round(seconds * 10) / 10,
  };
}
