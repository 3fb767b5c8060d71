import { describe, expect, it, jest } from '@jest/globals';
import { type AggregateContract, decider, defineContract, type DomainEvent, policy, projection } from '@keyfold/event-sourcing';
import { failureOf } from './report.js';
import { simulate, type Simulation } from './simulate.js';
import type { SimulatedService } from './service.js';

jest.setTimeout(120_000);

type Noted = DomainEvent<'pad.note.noted', { text: number }>;

const contract = defineContract<Noted>({
  service: 'pad',
  name: 'note',
  streamPrefix: 'note',
  events: { 'pad.note.noted': { version: 1 } },
});
const note = decider<number, Noted>({ contract, initial: 0, evolve: (count) => count + 1 });

/** Services of somebody's own: notes on three pads, and what is made of them. */
const pads =
  (own: Partial<SimulatedService>): Simulation['make'] =>
  () => ({
    services: [
      {
        service: 'pad',
        contracts: [contract],
        commands: {
          'notes/note': { decider: note, decide: (_count, { text }: { text: number }) => [{ type: 'pad.note.noted', data: { text } }] },
        },
        ...own,
      },
    ],
    workload: (random) => ({ service: 'pad', name: 'notes/note', id: random.pick(['a', 'b', 'c']), body: { text: random.int(100) } }),
  });

/** The violations of the first seeds that have any. */
async function violations(make: Simulation['make'], seeds = 40): Promise<readonly string[]> {
  for (let seed = 1; seed <= seeds; seed++) {
    const outcome = await simulate({ seed, make });
    if (outcome.violations.length > 0) return outcome.violations;
  }
  return [];
}

const textOf = (event: { data: object }): number => (event.data as { text: number }).text;

describe('a simulation', () => {
  it('has one history per seed', async () => {
    const seeds = [1, 2, 3, 4, 5, 6];
    const hashes = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const seed of seeds) found.push((await simulate({ seed })).hash);
      return found;
    };
    const first = await hashes();
    expect(await hashes()).toEqual(first);
    expect(new Set(first).size).toBe(seeds.length);
  });

  it('gets everything done where nothing goes wrong', async () => {
    const outcome = await simulate({ seed: 1, faults: {}, commands: 60 });
    expect(failureOf(outcome)).toBeNull();
    expect(outcome.commands).toMatchObject({ unknown: 0 });
    expect(outcome.commands.done + outcome.commands.refused).toBe(60);
  });

  it('stands everything going wrong at once', async () => {
    const faults = {
      lostRequest: 0.1,
      lostAnswer: 0.1,
      late: 0.1,
      crash: 0.01,
      pauses: 2,
      failovers: 3,
      rebalances: 5,
      repeatedBatch: 0.5,
      lostMessage: 0.2,
      shuffledBatch: 0.2,
      brokenSend: 0.3,
      rebuilds: 3,
    };
    for (let seed = 1; seed <= 10; seed++) expect(failureOf(await simulate({ seed, faults }))).toBeNull();
  });

  it('rebuilds read models while they serve, and rolls them back', async () => {
    const histories: string[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      const outcome = await simulate({ seed, faults: { rebuilds: 4 }, commands: 60 });
      expect(failureOf(outcome)).toBeNull();
      histories.push(...outcome.history);
    }
    expect(histories).toContainEqual(expect.stringMatching(/done: the generations: switch balances@1 to [2-9]/));
    expect(histories).toContainEqual(expect.stringMatching(/done: the generations: switch \w+@1 to 1/));
    expect(histories).toContainEqual(expect.stringMatching(/is told to roll back/));
  });

  it('says what was violated, and how to run it again', async () => {
    const outcome = await simulate({ seed: 1, make: pads({}) });
    expect(failureOf({ ...outcome, violations: ['I3 a hole'] })).toMatch(/seed 1: I3 a hole\n.*npm run simulate -- --seed 1 --trace/);
  });
});

describe('for services of one’s own', () => {
  const follows = [contract] as readonly AggregateContract<never>[];

  it('finds nothing where nothing is wrong', async () => {
    const sums = projection<{ id: string; sum: number }, Noted>({
      name: 'sums',
      version: 1,
      follows,
      fold: (row, event, id) => ({ id, sum: (row?.sum ?? 0) + textOf(event) }),
    });
    expect(await violations(pads({ projections: [sums] }), 10)).toEqual([]);
  });

  it('finds a fold that depends on the order between streams', async () => {
    const latest = projection<{ id: string; text: number }, Noted>({
      name: 'latest',
      version: 1,
      follows,
      rowsOf: () => ['all'],
      fold: (_row, event) => ({ id: 'all', text: textOf(event) }),
    });
    expect(await violations(pads({ projections: [latest] }))).toContainEqual(expect.stringMatching(/^I4 latest: row all is/));
  });

  it('finds a policy that means another command each time', async () => {
    let made = 0;
    const echo = policy<Noted>({
      name: 'echo',
      follows,
      react: (event) => (event.streamId.startsWith('note-echo') ? [] : [{ name: 'notes/note', id: `echo${++made}`, body: { text: 0 } }]),
    });
    expect(await violations(pads({ policies: [echo] }))).toContainEqual(expect.stringMatching(/^I2 echo: nothing came of/));
  });
});
