// A log of two streams and the journal of those who wrote it, as they should be, for the specs that break them.
import { Violations } from '../check/violations.mjs';

export const SERVICE = 'opportunities';
export const registered = (name) => ({
  type: 'opportunities.offering.registered',
  occurredAt: '2026-01-01T00:00:00.000Z',
  data: { name, family: null, listPrice: null, provenance: null },
});
export const renamed = (name) => ({ ...registered(name), type: 'opportunities.offering.details-changed' });

// oxlint-disable-next-line max-params -- in the order in which a log says it
export const commit = (position, streamId, expectedVersion, events, commandId) => ({
  commitId: `commit-${commandId}`,
  streamId,
  expectedVersion,
  toVersion: expectedVersion + events.length,
  partitionKey: streamId,
  commandId,
  position,
  recordedAt: 1_000 + position,
  events,
});

/** Two streams of two commits each, as they should be. */
export const goodLog = () => [
  commit(1, 'offering-a', 0, [registered('A1')], 'c1'),
  commit(2, 'offering-b', 0, [registered('B1')], 'c2'),
  commit(3, 'offering-a', 1, [renamed('A2')], 'c3'),
  commit(4, 'offering-b', 1, [renamed('B2')], 'c4'),
];

export const answered = (command, stream, version, [invokedAt, answeredAt]) => ({
  command,
  service: SERVICE,
  stream,
  outcome: 'ok',
  version,
  events: 1,
  invokedAt,
  answeredAt,
});

export const goodJournal = () => ({
  commands: new Map([
    ['c1', answered('c1', 'offering-a', 1, [0, 1])],
    ['c2', answered('c2', 'offering-b', 1, [0, 2])],
    ['c3', answered('c3', 'offering-a', 2, [3, 4])],
    ['c4', answered('c4', 'offering-b', 2, [3, 4])],
  ]),
});

export const found = (check) => {
  const violations = new Violations();
  const result = check(violations);
  return { ...result, violations: violations.list.map(({ invariant, examples }) => [invariant, ...examples]) };
};
