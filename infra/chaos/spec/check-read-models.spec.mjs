import { describe, expect, it } from '@jest/globals';
import { streamsOf } from '../check/log.mjs';
import { checkFigures, checkMarks, checkRows, checkTasks } from '../check/read-models.mjs';
import { COMPARED, folded } from '../check/reducers.mjs';
import { checkVerifications } from '../check/verifications.mjs';
import { FOLLOWED } from '../read-models.mjs';
import { commit, found, goodLog, SERVICE } from './made-up-log.mjs';

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
