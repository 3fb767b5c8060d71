// The work that all contenders do: a ledger whose events have about half a kilobyte, made from a seed.
import { decider, defineContract } from '@keyfold/event-sourcing';
import { randomFrom } from './statistics.mjs';

const WORDS = 'renewal budget review sponsor rollout pilot contract margin quarter escalation workshop migration signature discount audit board forecast'.split(' ');

/** Data of about 0.5 KB: an amount, references and a sentence of ordinary words. */
export const postings = (seed = 1) => {
  const random = randomFrom(seed);
  const word = () => WORDS[Math.floor(random() * WORDS.length)];
  const hex = (length) => Array.from({ length }, () => Math.floor(random() * 16).toString(16)).join('');
  return Array.from({ length: 256 }, () => ({
    amount: { amountMinor: Math.floor(random() * 1_000_000), currency: 'EUR' },
    reference: hex(32),
    counterparty: hex(32),
    stage: word(),
    probability: Math.round(random() * 100),
    note: Array.from({ length: 38 }, word).join(' '),
  }));
};

export const contract = defineContract({ service: 'bench', name: 'ledger', streamPrefix: 'ledger', events: { 'bench.ledger.posted': { version: 1 } } });

export const nothing = { count: 0, balance: 0, stage: null, lastAt: null };
export const post = (state, data, at) => ({ count: state.count + 1, balance: state.balance + data.amount.amountMinor, stage: data.stage, lastAt: at });

export const ledger = decider({ contract, initial: nothing, evolve: (state, fact) => post(state, fact.data, fact.occurredAt) });
export const ledgerWithSnapshots = { ...ledger, snapshotVersion: 1 };

/** Names of 24 hexadecimal digits, which every contender can use. */
export const idOf = (number) => number.toString(16).padStart(24, '0');

/** `count` stream numbers below `streams`: uniform, or Zipf with this exponent. */
export function streamNumbers(count, streams, exponent, seed = 1) {
  const random = randomFrom(seed);
  if (!exponent) return Array.from({ length: count }, () => Math.floor(random() * streams));
  const cumulative = [];
  let sum = 0;
  for (let rank = 1; rank <= streams; rank++) cumulative.push((sum += rank ** -exponent));
  return Array.from({ length: count }, () => {
    const wanted = random() * sum;
    let [low, high] = [0, streams - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  });
}

/** Throws unless the two are equal as JSON. */
export function mustEqual(actual, expected, what) {
  if (JSON.stringify(actual) !== JSON.stringify(expected)) throw new Error(`${what}: ${JSON.stringify(actual).slice(0, 300)} instead of ${JSON.stringify(expected).slice(0, 300)}`);
}
