import { describe, expect, it } from '@jest/globals';
import { checkCommands } from '../check/commands.mjs';
import { checkLog } from '../check/log.mjs';
import { checkTopic } from '../check/topic.mjs';
import { answered, commit, found, goodJournal, goodLog, registered, renamed, SERVICE } from './made-up-log.mjs';

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
