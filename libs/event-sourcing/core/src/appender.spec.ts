import { describe, expect, it } from '@jest/globals';
import { CommitAppender, type CommitCollection, type CommitKeys, type InsertOutcome, type NewCommitKeys } from './appender.js';
import { Unavailable, WrongExpectedVersion } from './errors.js';
import { KnownEnds } from './known-ends.js';
import type { Clock } from './ports.js';

const DEADLINE_MS = 5_000;

/** The first commit of a stream. */
const first = (streamId: string, command = streamId): NewCommitKeys => ({ commitId: `commit ${command}`, commandId: command, streamId, expectedVersion: 0, toVersion: 1 });

/** A log that answers inserts as it is told, each once, and after that as they come to pass; `there`: what can be read. */
function setup(answers: readonly (readonly InsertOutcome[])[], there: CommitKeys[]) {
  let now = 0;
  const clock: Clock = { now: () => new Date(now), wait: async (ms) => void (now += ms) };
  const sent: string[][] = [];
  const collection: CommitCollection<NewCommitKeys> = {
    insert: async (commits) => {
      sent.push(commits.map(({ commandId }) => commandId));
      return answers[sent.length - 1] ?? commits.map(() => (there.push(...commits), 'stored' as const));
    },
    readBack: async (commits) => there.filter((one) => commits.some(({ commandId, streamId }) => one.commandId === commandId || one.streamId === streamId)),
    lastCommitsBefore: async () => [],
  };
  return { appender: new CommitAppender(collection, new KnownEnds(10), clock, DEADLINE_MS), sent };
}

describe('a write of several commits of which a later one is overtaken', () => {
  const rival = first('follow', 'rival');
  const write = [first('own'), first('follow')];

  it('sends the first again as long as nothing is known of it, and not the one that is lost', async () => {
    const { appender, sent } = setup([['unknown', 'unknown']], [rival]);
    const [error] = await appender.append([write]);
    expect(error).toEqual(new WrongExpectedVersion('follow', 0));
    expect(sent).toEqual([['own', 'follow'], ['own']]);
  });

  it('fails by the first where that stays unknown: what it throws is of the first that is missing', async () => {
    const { appender } = setup(Array.from({ length: 100 }, () => ['unknown', 'unknown'] as const), [rival]);
    expect(await appender.append([write])).toEqual([new Unavailable('the event store')]);
  });

  it('fails by the first where both are lost', async () => {
    const { appender } = setup([['unknown', 'unknown']], [first('own', 'other rival'), rival]);
    expect(await appender.append([write])).toEqual([new WrongExpectedVersion('own', 0)]);
  });
});
