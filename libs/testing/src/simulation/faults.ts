import type { Random } from './random.js';

/** How likely each fault is; 0 never happens. Faults end before the end of a run, so that it can be seen whether everything recovers. */
export interface Faults {
  /** Of a request: it never arrives. */
  lostRequest: number;
  /** Of an answer: the request took effect, and nobody is told. */
  lostAnswer: number;
  /** Of a request: it arrives after its sender has given up, and takes effect then. */
  late: number;
  /** Of a process, whenever it would go on after an await. */
  crash: number;
  /** A process stands still, as by SIGSTOP or a long collection: about so many times in a run, each process. */
  pauses: number;
  /** A server loses its primary, and with it every write that no majority has: about so many times in a run, each server. */
  failovers: number;
  /** The clock of a process or of a server jumps, forth or back: about so many times in a run. */
  clockJumps: number;
  /** A consumer group shares its partitions out again while its members work: about so many times in a run, each group. */
  rebalances: number;
  /** Of a batch of a consumer: it begins with messages that were delivered before. */
  repeatedBatch: number;
  /** Of a batch of a consumer: a message of it is missing, and never comes. */
  lostMessage: number;
  /** Of a batch of a consumer: its messages come in another order. */
  shuffledBatch: number;
  /** A topic loses its end, or everything: about so many times in a run. */
  lostTopics: number;
  /** Of a send to the broker: a part of it is written, and it fails. */
  brokenSend: number;
  /** A read model is rebuilt, rolled back, or what served before is dropped: about so many times in a run. No fault, but it is to be told from none of them. */
  rebuilds: number;
}

export const NO_FAULTS: Faults = {
  lostRequest: 0,
  lostAnswer: 0,
  late: 0,
  crash: 0,
  pauses: 0,
  failovers: 0,
  clockJumps: 0,
  rebalances: 0,
  repeatedBatch: 0,
  lostMessage: 0,
  shuffledBatch: 0,
  lostTopics: 0,
  brokenSend: 0,
  rebuilds: 0,
};

/** The most of each kind. */
const WORST: Faults = {
  lostRequest: 0.06,
  lostAnswer: 0.08,
  late: 0.04,
  crash: 0.012,
  pauses: 2,
  failovers: 3,
  clockJumps: 4,
  rebalances: 4,
  repeatedBatch: 0.4,
  lostMessage: 0.15,
  shuffledBatch: 0.15,
  lostTopics: 2,
  brokenSend: 0.2,
  rebuilds: 3,
};

/** Some kinds of faults, others not, each more or less: runs with few kinds get further, and so find other things than runs with all of them. */
export function someFaults(random: Random): Faults {
  const share = random.pick([0.2, 0.5, 0.8]);
  const kinds = Object.entries(WORST).map(([kind, most]) => [kind, random.chance(share) ? most * random.next() : 0]);
  return Object.fromEntries(kinds) as Faults;
}
