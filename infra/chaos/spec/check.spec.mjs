import { describe, expect, it } from '@jest/globals';
import { checkCommands } from '../check/commands.mjs';
import { checkLog, streamsOf } from '../check/log.mjs';
import { checkNotices } from '../check/notices.mjs';
import { checkFigures, checkMarks, checkRows, checkTasks } from '../check/read-models.mjs';
import { COMPARED, folded } from '../check/reducers.mjs';
import { checkProcesses, checkRequests } from '../check/requests.mjs';
import { checkTopic } from '../check/topic.mjs';
import { checkVerifications } from '../check/verifications.mjs';
import { Violations } from '../check/violations.mjs';
import { FOLLOWED } from '../read-models.mjs';

const SERVICE = 'opportunities';
const registered = (name) => ({
  type: 'opportunities.offering.registered',
  occurredAt: '2026-01-01T00:00:00.000Z',
  data: { name, family: null, listPrice: null, provenance: null },
});
const renamed = (name) => ({ ...registered(name), type: 'opportunities.offering.details-changed' });

const commit = (position, streamId, expectedVersion, events, commandId) => ({
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
const goodLog = () => [
  commit(1, 'offering-a', 0, [registered('A1')], 'c1'),
  commit(2, 'offering-b', 0, [registered('B1')], 'c2'),
  commit(3, 'offering-a', 1, [renamed('A2')], 'c3'),
  commit(4, 'offering-b', 1, [renamed('B2')], 'c4'),
];

const answered = (command, stream, version, [invokedAt, answeredAt]) => ({
  command,
  service: SERVICE,
  stream,
  outcome: 'ok',
  version,
  events: 1,
  invokedAt,
  answeredAt,
});

const goodJournal = () => ({
  commands: new Map([
    ['c1', answered('c1', 'offering-a', 1, [0, 1])],
    ['c2', answered('c2', 'offering-b', 1, [0, 2])],
    ['c3', answered('c3', 'offering-a', 2, [3, 4])],
    ['c4', answered('c4', 'offering-b', 2, [3, 4])],
  ]),
});

const found = (check) => {
  const violations = new Violations();
  const result = check(violations);
  return { ...result, violations: violations.list.map(({ invariant, examples }) => [invariant, ...examples]) };
};
const inLog = (commits) => found((violations) => checkLog(SERVICE, commits, violations)).violations;
const inCommands = (journal, commits) => found((violations) => checkCommands(journal, new Map([[SERVICE, commits]]), violations));

describe('the check of a log', () => {
  it('finds nothing in a good one, in whatever order it comes', () => {
    expect(inLog(goodLog())).toEqual([]);
    expect(inLog(goodLog().reverse())).toEqual([]);
  });

  it('finds a gap in a stream', () => {
    expect(inLog([...goodLog(), commit(5, 'offering-a', 3, [renamed('A4')], 'c5')])).toEqual([
      ['I3', 'opportunities offering-a: version 3 is missing'],
    ]);
  });

  it('finds a version that is there twice', () => {
    expect(inLog([...goodLog(), commit(5, 'offering-a', 1, [renamed('A2')], 'c5')])[0]).toEqual([
      'I3',
      'opportunities offering-a: version 3 is there twice',
    ]);
  });

  it('finds a commit that claims more versions than it has events', () => {
    expect(inLog([{ ...commit(1, 'offering-a', 0, [registered('A')], 'c1'), toVersion: 2 }])[0][0]).toBe('I3');
  });

  it('finds a hole in the positions, one given twice, and one not given', () => {
    const [first, second, third] = goodLog();
    expect(inLog([first, second, { ...third, position: 4 }])).toEqual([
      ['G4', 'opportunities: position 3 is missing, at commit commit-c3'],
    ]);
    expect(inLog([first, second, { ...third, position: 2 }])).toEqual([
      ['G4', 'opportunities: position 3 is given twice, at commit commit-c3'],
    ]);
    expect(inLog([first, second, { ...third, position: undefined }])).toEqual([['G4', 'opportunities: 1 commits were never numbered']]);
  });

  it('finds positions against the order of a stream, and log time that goes back', () => {
    const [first, second, third] = goodLog();
    expect(inLog([{ ...first, position: 3, recordedAt: 1_003 }, second, { ...third, position: 1, recordedAt: 1_001 }])).toEqual([
      ['G4', 'opportunities offering-a: position 1 comes after 3 in the stream'],
    ]);
    expect(inLog([first, { ...second, recordedAt: 0 }])).toEqual([['G4', 'opportunities: log time goes back at position 2']]);
  });
});

describe('the check of the commands', () => {
  it('finds nothing when the journal and the log agree', () => {
    expect(inCommands(goodJournal(), goodLog())).toEqual({ lost: 0, doubled: 0, violations: [] });
  });

  it('finds a lost command', () => {
    const log = goodLog().filter(({ commandId }) => commandId !== 'c4');
    expect(inCommands(goodJournal(), log)).toEqual({
      lost: 1,
      doubled: 0,
      violations: [['I1', 'opportunities offering-b: command c4 was acknowledged as version 2 and is not in the log']],
    });
  });

  it('finds a doubled command, also one whose outcome the client never learned', () => {
    const log = [...goodLog(), { ...commit(5, 'offering-a', 2, [renamed('A2')], 'c3'), commitId: 'another' }];
    expect(inCommands(goodJournal(), log)).toMatchObject({
      lost: 0,
      doubled: 1,
      violations: [['I2', 'opportunities offering-a: command c3 has 2 commits']],
    });
    const journal = goodJournal();
    journal.commands.get('c3').outcome = 'info';
    expect(inCommands(journal, log)).toMatchObject({ doubled: 1 });
  });

  it('does not mind whether an unknown command is in the log or not', () => {
    const journal = goodJournal();
    journal.commands.get('c4').outcome = 'info';
    expect(inCommands(journal, goodLog()).violations).toEqual([]);
    expect(inCommands(journal, goodLog().slice(0, 3)).violations).toEqual([]);
  });

  it('finds a refused command that had its effect, and an effect that nobody asked for', () => {
    const journal = goodJournal();
    journal.commands.get('c4').outcome = 'fail';
    expect(inCommands(journal, goodLog()).violations).toEqual([
      ['I2', 'opportunities offering-b: command c4 was refused and is in the log all the same'],
    ]);
    expect(inCommands(goodJournal(), [...goodLog(), commit(5, 'offering-a', 2, [renamed('A3')], 'derived')])).toMatchObject({
      doubled: 1,
      violations: [['I2', expect.stringContaining('which nobody sent')]],
    });
  });

  it('finds an answer with another version than the commit has', () => {
    const journal = goodJournal();
    journal.commands.get('c4').version = 7;
    expect(inCommands(journal, goodLog()).violations[0]).toEqual([
      'I8',
      'opportunities offering-b: command c4 was acknowledged as version 7, its commit is version 2 of offering-b',
    ]);
  });

  it('finds a version that was told twice, and one that goes back in real time', () => {
    const log = [commit(1, 'offering-a', 0, [registered('A1')], 'c1'), commit(2, 'offering-a', 1, [renamed('A2')], 'c2')];
    const twice = {
      commands: new Map([
        ['c1', answered('c1', 'offering-a', 1, [0, 1])],
        ['c2', answered('c2', 'offering-a', 1, [0, 1])],
      ]),
    };
    expect(inCommands(twice, log).violations.flat()).toContain('opportunities offering-a: version 1 was told to c1 and to c2');
    const back = {
      commands: new Map([
        ['c2', answered('c2', 'offering-a', 2, [0, 1])],
        ['c1', answered('c1', 'offering-a', 1, [2, 3])],
      ]),
    };
    expect(inCommands(back, log).violations).toEqual([
      ['I8', 'opportunities offering-a: c1 was asked after version 2 had been told, and got version 1'],
    ]);
  });
});

describe('the check of a topic', () => {
  const message = (stream, version, partition = 3) => ({ stream, version, partition });
  const good = () => [message('offering-a', 1), message('offering-b', 1), message('offering-a', 2), message('offering-b', 2)];
  const inTopic = (messages, shortened) =>
    found((violations) => checkTopic(SERVICE, goodLog(), { messages, shortened }, violations)).violations;

  it('takes repetitions', () => {
    expect(inTopic([...good(), ...good()])).toEqual([]);
  });

  it('finds a missing tail, a hole, an event that is in no log, and a stream on two partitions', () => {
    expect(inTopic(good().slice(0, 3))).toEqual([['I6', 'opportunities offering-b: the topic ends at version 1, the log at 2']]);
    expect(inTopic(good().slice(1))).toEqual([['I6', 'opportunities offering-a: version 2 comes after 0 on the topic']]);
    expect(inTopic([...good(), message('offering-a', 3)])).toEqual([
      ['I6', 'opportunities offering-a: version 3 is on the topic and not in the log'],
    ]);
    expect(inTopic([...good(), message('offering-a', 2, 4)])).toEqual([['I6', 'opportunities offering-a: on partition 3 and on 4']]);
  });

  it('leaves out what a scenario took away by hand', () => {
    expect(inTopic(good().slice(2), true)).toEqual([]);
  });
});

describe('the check of the read models', () => {
  const model = COMPARED.find(({ key }) => key === 'offerings');
  const streams = streamsOf(goodLog());
  const inRows = (rows) => found((violations) => checkRows(model, streams, rows, violations)).violations;
  const good = () => new Map([...folded(model, streams)].map(([id, row]) => [id, { ...row }]));

  it('finds nothing when every row is the fold', () => {
    expect(inRows(good())).toEqual([]);
  });

  it('finds a wrong row, a missing one, and one that is in no log', () => {
    const wrong = good();
    wrong.get('a').name = 'damaged';
    expect(inRows(wrong)[0][1]).toMatch(/^opportunities offerings: row a is .*"damaged".*, the fold is .*"A2"/);
    const missing = good();
    missing.delete('b');
    expect(inRows(missing)).toEqual([['I4', 'opportunities offerings: row b is missing']]);
    expect(inRows(good().set('ghost', {}))).toEqual([['I4', 'opportunities offerings: row ghost is in no log']]);
  });

  it('finds a mark behind its head, one that is parked, and one of no stream', () => {
    const all = new Map([
      [SERVICE, streams],
      ['accounts', new Map()],
      ['satisfaction', new Map()],
    ]);
    const marks = (entries) => (owner, key) =>
      FOLLOWED.some((followed) => followed.owner === owner && followed.key === key && followed.prefix === 'offering')
        ? new Map(entries)
        : new Map();
    const inMarks = (entries, strays = new Set()) => found((violations) => checkMarks(all, marks(entries), strays, violations)).violations;
    const at = (accepted, applied) => ({ accepted, applied });
    expect(
      inMarks([
        ['offering-a', at(2, 2)],
        ['offering-b', at(2, 2)],
      ]),
    ).toEqual([]);
    expect(
      inMarks([
        ['offering-a', at(2, 2)],
        ['offering-b', at(1, 1)],
      ])[0][1],
    ).toContain('offering-b is accepted to 1 and applied to 1, its head is 2');
    expect(
      inMarks([
        ['offering-a', at(2, 1)],
        ['offering-b', at(2, 2)],
      ])[0][1],
    ).toContain('offering-a is accepted to 2 and applied to 1, its head is 2');
    expect(
      inMarks([
        ['offering-a', at(2, 2)],
        ['offering-b', at(2, 2)],
        ['offering-x', at(1, 0)],
      ])[0][1],
    ).toContain('a mark of offering-x');
    expect(
      inMarks(
        [
          ['offering-a', at(2, 2)],
          ['offering-b', at(2, 2)],
          ['offering-x', at(1, 0)],
        ],
        new Set(['offering-x']),
      ),
    ).toEqual([]);
  });

  it('finds a task too few, one too many and one without its incident', () => {
    const task = (id, incident) => [
      `task-${id}`,
      [commit(1, `task-${id}`, 0, [{ type: 'accounts.task.raised', data: { matter: { subject: { id: incident } } } }], id)],
    ];
    const inTasks = (...tasks) =>
      found((violations) =>
        checkTasks(
          new Map([
            ['accounts', new Map(tasks)],
            ['satisfaction', new Map([['incident-i', []]])],
          ]),
          violations,
        ),
      ).violations;
    expect(inTasks(task('1', 'i'))).toEqual([]);
    expect(inTasks()).toEqual([['I2', 'accounts: incident i has 0 tasks']]);
    expect(inTasks(task('1', 'i'), task('2', 'i'))).toEqual([['I2', 'accounts: incident i has 2 tasks']]);
    expect(inTasks(task('1', 'i'), task('2', 'j'))).toEqual([['I2', 'accounts: a task of incident j, which is in no log']]);
  });
});

describe('the check of the figures', () => {
  const euros = (amountMinor) => ({ amountMinor, currency: 'EUR' });
  const recorded = (amountMinor) => ({
    type: 'opportunities.opportunity.recorded',
    data: { name: 'Deal', stage: 'identified', amount: euros(amountMinor) },
  });
  const won = (amountMinor) => ({ type: 'opportunities.opportunity.won', data: { amount: euros(amountMinor) } });
  const streams = new Map([
    [
      SERVICE,
      streamsOf([
        commit(1, 'opp-a', 0, [recorded(100)], 'c1'),
        commit(2, 'opp-b', 0, [recorded(50)], 'c2'),
        commit(3, 'opp-b', 1, [won(50)], 'c3'),
      ]),
    ],
  ]);
  const rows = () =>
    new Map([
      ['a', { state: 'open', stage: 'identified', amount: euros(100) }],
      ['b', { state: 'won', stage: 'identified', amount: euros(50) }],
    ]);
  const summary = { open: 1, won: 1, lost: 0, wonMinor: 50 };
  const inFigures = (shown, told) => found((violations) => checkFigures(streams, shown, told, violations)).violations;

  it('finds money that has come or gone, and a report that says otherwise', () => {
    expect(inFigures(rows(), summary)).toEqual([]);
    expect(inFigures(new Map([...rows()].slice(0, 1)), summary)).toEqual([
      ['I12', 'deals worth 150 were created, those by stage, won and lost are worth 100'],
    ]);
    expect(inFigures(rows(), { ...summary, wonMinor: 100 })[0][1]).toMatch(/^reporting says .*100.*, the log .*50/);
  });
});

describe('the check of the verifications', () => {
  const finding = { kind: 'mark-without-stream', stream: 'offering-x', head: 0, marks: { accepted: 1, applied: 1 } };
  const job = (more) => ({ state: 'done', error: null, results: [{ projection: 'offerings', findings: [], unproved: 0, ...more }] });
  const inJob = (entry, strays = new Set()) =>
    found((violations) => checkVerifications(new Map([[SERVICE, entry]]), strays, violations)).violations;

  it('finds what a service finds wrong, cannot prove or cannot say', () => {
    expect(inJob(job({}))).toEqual([]);
    expect(inJob(job({ findings: [finding] }))).toEqual([['I4', expect.stringContaining('offering-x')]]);
    expect(inJob(job({ findings: [finding] }), new Set(['offering-x']))).toEqual([]);
    expect(inJob(job({ unproved: 2 }))).toEqual([['I4', 'opportunities offerings: 2 rows and streams are not proved']]);
    expect(inJob({ state: 'failed', error: 'away', results: [] })).toEqual([['I4', 'opportunities: its verification failed: away']]);
  });
});

describe('the check of the notices', () => {
  const wanted = [{ service: SERVICE, action: 'relay-rewound' }];
  const entry = (action) => ({ at: '2026-01-01T00:00:00.000Z', actor: 'relay', action, subject: 'topic', details: {} });
  const inNotices = (service, ...entries) =>
    found((violations) => checkNotices(wanted, new Map([[service, entries]]), violations)).violations;

  it('finds what was mended in silence', () => {
    const silence = [['I9', 'opportunities: no relay-rewound in the audit log']];
    expect(inNotices(SERVICE, entry('gap-repaired'), entry('relay-rewound'))).toEqual([]);
    expect(inNotices(SERVICE, entry('gap-repaired'))).toEqual(silence);
    expect(inNotices('reporting', entry('relay-rewound'))).toEqual(silence);
    expect(inNotices(SERVICE)).toEqual(silence);
  });
});

describe('the check of requests and processes', () => {
  const request = (more) => ({ service: SERVICE, status: 200, error: null, ms: 5, ...more });
  const inRequests = (requests, frozen = false) => found((violations) => checkRequests(requests, { frozen }, violations)).violations;

  it('finds a hang and a 500, and nothing in refusals, outages and broken connections', () => {
    expect(
      inRequests([request(), request({ status: 422 }), request({ status: 503 }), request({ status: null, error: 'ECONNRESET' })]),
    ).toEqual([]);
    expect(inRequests([request({ status: 500 })])).toEqual([['I7', 'opportunities: 500 after 5 ms']]);
    expect(inRequests([request({ status: null, error: 'HANG' })])).toEqual([['I7', 'opportunities: no answer within 30 s']]);
    expect(inRequests([request({ status: null, error: 'HANG' })], true)).toEqual([]);
  });

  it('finds an error that nobody handled, a failed request in the log, and memory beyond the limit', () => {
    const inProcesses = (output, memory) =>
      found((violations) => checkProcesses({ output, memory, limitMegabytes: 500 }, violations)).violations;
    expect(inProcesses({ reporting: 'all is well\n' }, { reporting: 400 })).toEqual([]);
    expect(inProcesses({ reporting: 'x\n[UnhandledPromiseRejection: Unhandled rejection of y]\n' }, {})[0][0]).toBe('I11');
    expect(inProcesses({ reporting: '{"level":"error","message":"request failed"}\n' }, {})[0][0]).toBe('I7');
    expect(inProcesses({}, { reporting: 600 })).toEqual([['I11', 'reporting: 600 MB resident, the limit is 500 MB']]);
  });
});
