// Logs for the metrics of the pipeline: in the store, on a topic, and what a read model must be after them.
import { projection, toMessages, topicOf } from '@keyfold/event-sourcing';
import { openStore, openTopic, someCommit } from '../contenders/keyfold.mjs';
import { toDocument, withAdmin } from '../contenders/raw.mjs';
import { contract, idOf, mustEqual, nothing, post } from './workload.mjs';

const AT = '2026-01-01T00:00:00.000Z';

export const balances = projection({
  name: 'balances',
  version: 1,
  follows: [contract],
  fold: (row, event, id) => ({ id, ...post(row ?? nothing, event.data, event.occurredAt) }),
});

/** Numbered commits of one event each, one after the other; `expected` is filled with what the read model must be after them. */
function* commitsOf(context, numbers, expected) {
  for (const [i, number] of numbers.entries()) {
    const data = context.data[i % 256];
    const before = expected.get(number) ?? nothing;
    expected.set(number, post(before, data, AT));
    yield { ...someCommit(`ledger-${idOf(number)}`, before.count, [data]), position: i + 1, recordedAt: AT };
  }
}

export function logOf(context, numbers) {
  const expected = new Map();
  return { commits: [...commitsOf(context, numbers, expected)], expected };
}

/** The rows are what the log gives, by an independent fold; looked at in samples. */
export async function mustBeFolded(expected, rowOf) {
  const numbers = [...expected.keys()];
  const some = numbers.filter((_number, i) => i % Math.ceil(numbers.length / 200) === 0);
  for (const number of some) {
    const { count, balance, stage } = (await rowOf(number)) ?? {};
    const wanted = expected.get(number);
    mustEqual({ count, balance, stage }, { count: wanted.count, balance: wanted.balance, stage: wanted.stage }, `row ${number}`);
  }
}

/** A topic that holds a log. */
export async function publishedTopic(context, name, commits) {
  const feed = await openTopic(context, `${name}-${process.pid}`);
  const messages = commits.flatMap((commit) => toMessages('bench', commit));
  for (let from = 0; from < messages.length; from += 1_000) await feed.transport.publish(topicOf('bench'), messages.slice(from, from + 1_000));
  return {
    ...feed,
    async remove() {
      await feed.close();
      await withAdmin(context, (admin) => admin.deleteTopics({ topics: [feed.topic] }));
    },
  };
}

/** The log in the store, numbered; made and stored in parts, for it may be large. */
export async function storedLog(context, numbers) {
  const opened = await openStore(context, 'bench_log', { sequencer: true });
  const expected = new Map();
  let part = [];
  const store = async () => {
    if (part.length > 0) await opened.commits.insertMany(part, { ordered: false });
    part = [];
  };
  for (const { position: _position, recordedAt: _recordedAt, ...commit } of commitsOf(context, numbers, expected)) if (part.push(toDocument(commit)) === 1_000) await store();
  await store();
  await opened.numbered(numbers.length);
  return { opened, expected, close: opened.close };
}
