// I4: every read model equals the fold of the logs, row by row, none missing and none too many, and every mark stands at the head of its stream.
// I12: what was created is what is open, won and lost, and reporting says the same.
import { FOLLOWED, prefixOf } from '../read-models.mjs';
import { dealRow, folded } from './reducers.mjs';

/** Objects with the same content have the same text, whatever the order of their fields. */
export const canonical = (value) =>
  JSON.stringify(value, (_key, part) =>
    part && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

const only = (row, fields) => (fields ? Object.fromEntries(fields.map((field) => [field, row[field] ?? null])) : row);

/** `rows`: id -> row as the read model has it. */
export function checkRows(model, streams, rows, violations) {
  const name = `${model.owner} ${model.key}`;
  const wanted = folded(model, streams);
  for (const [id, row] of wanted) {
    const found = rows.get(id);
    if (!found) violations.add('I4', `${name}: row ${id} is missing`);
    else if (canonical(only(found, model.fields)) !== canonical(only(row, model.fields)))
      violations.add(
        'I4',
        `${name}: row ${id} is ${canonical(only(found, model.fields)).slice(0, 300)}, the fold is ${canonical(only(row, model.fields)).slice(0, 300)}`,
      );
  }
  for (const id of rows.keys()) if (!wanted.has(id)) violations.add('I4', `${name}: row ${id} is in no log`);
}

/** `marksOf(owner, key)`: stream -> marks. `streams`: service -> streams. `strays`: streams that a scenario put on a topic and that are in no log. */
export function checkMarks(streams, marksOf, strays, violations) {
  for (const { owner, key, service, prefix } of FOLLOWED) {
    const marks = marksOf(owner, key);
    const name = `${owner} ${key}`;
    for (const [streamId, commits] of streams.get(service)) {
      if (prefixOf(streamId) !== prefix) continue;
      const head = commits.at(-1).toVersion;
      const { accepted = 0, applied = 0 } = marks.get(streamId) ?? {};
      if (applied !== head || accepted !== head)
        violations.add('I4', `${name}: ${streamId} is accepted to ${accepted} and applied to ${applied}, its head is ${head}`);
    }
    for (const streamId of marks.keys())
      if (prefixOf(streamId) === prefix && !streams.get(service).has(streamId) && !strays.has(streamId))
        violations.add('I4', `${name}: a mark of ${streamId}, which is in no log`);
  }
}

/** Each P1 incident has made one task, and no task is without its incident: the effect of a policy, once. */
export function checkTasks(streams, violations) {
  const raised = new Map();
  for (const [streamId, commits] of streams.get('accounts')) {
    if (prefixOf(streamId) !== 'task') continue;
    const subject = commits[0].events[0].data.matter.subject?.id;
    raised.set(subject, (raised.get(subject) ?? 0) + 1);
  }
  const incidents = [...streams.get('satisfaction').keys()]
    .filter((stream) => prefixOf(stream) === 'incident')
    .map((stream) => stream.slice('incident-'.length));
  for (const id of incidents)
    if ((raised.get(id) ?? 0) !== 1) violations.add('I2', `accounts: incident ${id} has ${raised.get(id) ?? 0} tasks`);
  for (const id of raised.keys())
    if (!incidents.includes(id)) violations.add('I2', `accounts: a task of incident ${id}, which is in no log`);
}

/** `rows`: the deals as the opportunities service shows them. `summary`: what reporting answers, `{ open, won, lost, wonMinor }`. */
export function checkFigures(streams, rows, summary, violations) {
  const log = new Map(folded({ prefix: 'opp', fold: dealRow }, streams.get('opportunities')));
  let created = 0;
  for (const [streamId, commits] of streams.get('opportunities'))
    if (prefixOf(streamId) === 'opp') created += commits[0].events[0].data.amount?.amountMinor ?? 0;
  const shown = sums(rows.values());
  const total = [...shown.byStage.values()].reduce((a, b) => a + b, 0) + shown.wonMinor + shown.lostMinor;
  if (total !== created) violations.add('I12', `deals worth ${created} were created, those by stage, won and lost are worth ${total}`);
  const { open, won, lost, wonMinor } = sums(log.values());
  if (canonical({ open, won, lost, wonMinor }) !== canonical(summary))
    violations.add('I12', `reporting says ${canonical(summary)}, the log ${canonical({ open, won, lost, wonMinor })}`);
}

function sums(deals) {
  const result = { open: 0, won: 0, lost: 0, wonMinor: 0, lostMinor: 0, byStage: new Map() };
  for (const { state, stage, amount } of deals) {
    const minor = amount?.amountMinor ?? 0;
    result[state] += 1;
    if (state === 'won') result.wonMinor += minor;
    else if (state === 'lost') result.lostMinor += minor;
    else result.byStage.set(stage, (result.byStage.get(stage) ?? 0) + minor);
  }
  return result;
}
