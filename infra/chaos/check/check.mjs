// All invariants of a laboratory after a run, when the faults are over and everything has caught up.
import { existsSync, readFileSync } from 'node:fs';
import { readJournal } from '../journal.mjs';
import { MEMORY_LIMIT_MB } from '../lab.mjs';
import { FOLLOWED } from '../read-models.mjs';
import { SERVICES } from '../services.mjs';
import { checkCommands } from './commands.mjs';
import { checkLog, streamsOf } from './log.mjs';
import { checkNotices } from './notices.mjs';
import { checkFigures, checkMarks, checkRows, checkTasks } from './read-models.mjs';
import { COMPARED } from './reducers.mjs';
import { checkProcesses, checkRequests } from './requests.mjs';
import { checkTopic } from './topic.mjs';
import { checkVerifications, verifications } from './verifications.mjs';

export const CHECKED = ['I1', 'I2', 'I3', 'G4', 'I4', 'I6', 'I7', 'I8', 'I9', 'I11', 'I12'];

/** `notices`: what the audit logs must say since the instant `since`. Answers `{ lost, doubled, commits }`; what is wrong goes to `violations`. */
export async function checkEverything(lab, { frozen, notices = [], since, violations }) {
  const { observer, services } = lab;
  const journal = await readJournal(lab.journal.file);
  const logs = await observer.logs();
  const streams = new Map([...logs].map(([service, commits]) => [service, streamsOf(commits)]));
  for (const [service, commits] of logs) {
    checkLog(service, commits, violations);
    if (commits.length > 0)
      checkTopic(service, commits, { messages: await observer.messages(service), shortened: lab.shortened.has(service) }, violations);
  }
  const { lost, doubled } = checkCommands(journal, logs, violations);
  checkRequests(journal.requests, { frozen }, violations);
  const output = Object.fromEntries(
    SERVICES.map((name) => [name, existsSync(services.logFile(name)) ? readFileSync(services.logFile(name), 'utf8') : '']),
  );
  for (const name of SERVICES)
    if (services.process(name).pid === undefined)
      violations.add('I11', `${name} ended by itself; the end of what it wrote:\n${output[name].slice(-2_000)}`);
  checkProcesses({ output, memory: services.peakMemory, limitMegabytes: MEMORY_LIMIT_MB }, violations);
  await checkReadModels(lab, streams, violations);
  checkVerifications(await verifications(lab), lab.strays, violations);
  const audit = new Map();
  for (const { service } of notices) audit.set(service, await observer.audit(service, since));
  checkNotices(notices, audit, violations);
  return { lost, doubled, commits: [...logs.values()].reduce((sum, commits) => sum + commits.length, 0) };
}

async function checkReadModels({ observer, client, tokens, strays }, streams, violations) {
  const marks = new Map();
  for (const { owner, key } of FOLLOWED) marks.set(`${owner} ${key}`, await observer.marks(owner, key));
  checkMarks(streams, (owner, key) => marks.get(`${owner} ${key}`), strays, violations);
  for (const model of COMPARED) checkRows(model, streams.get(model.service), await observer.rows(model.owner, model.key), violations);
  checkTasks(streams, violations);
  const { groups } = await client.get('reporting', '/api/reporting/pipeline-summary', tokens.auditor);
  const [{ open, won, lost, wonValue }] = groups;
  checkFigures(
    streams,
    await observer.rows('opportunities', 'opportunities'),
    { open, won, lost, wonMinor: wonValue?.amountMinor ?? 0 },
    violations,
  );
}
