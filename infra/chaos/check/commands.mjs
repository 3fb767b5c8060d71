// I1: what was acknowledged is in the log, once. I2: nothing had its effect twice, neither what was acknowledged nor what the client never learned of.
// I8: the versions that a client was told are unique in their stream and grow with real time.

/** `journal`: as readJournal gives it. `logs`: service -> commits. Answers how many commands were lost and doubled. */
export function checkCommands({ commands }, logs, violations) {
  const made = new Map([...logs].map(([service, commits]) => [service, Map.groupBy(commits, ({ commandId }) => commandId)]));
  let lost = 0;
  let doubled = 0;
  for (const [id, { service, stream, outcome, version, events }] of commands) {
    const found = made.get(service)?.get(id) ?? [];
    const wanted = outcome === 'ok' && events > 0 ? 1 : 0;
    if (found.length > 1) {
      doubled += 1;
      violations.add('I2', `${service} ${stream}: command ${id} has ${found.length} commits`);
    } else if (outcome === 'ok' && found.length < wanted) {
      lost += 1;
      violations.add('I1', `${service} ${stream}: command ${id} was acknowledged as version ${version} and is not in the log`);
    } else if (outcome === 'fail' && found.length > 0)
      violations.add('I2', `${service} ${stream}: command ${id} was refused and is in the log all the same`);
    else if (outcome === 'ok' && found[0] && (found[0].streamId !== stream || found[0].toVersion !== version))
      violations.add(
        'I8',
        `${service} ${stream}: command ${id} was acknowledged as version ${version}, its commit is version ${found[0].toVersion} of ${found[0].streamId}`,
      );
  }
  doubled += checkForeign(commands, logs, violations);
  checkVersions(commands, violations);
  return { lost, doubled };
}

/** On the streams of the load every commit is a command of the load: another would be an effect nobody asked for. */
function checkForeign(commands, logs, violations) {
  const streams = new Set([...commands.values()].map(({ service, stream }) => `${service} ${stream}`));
  let foreign = 0;
  for (const [service, commits] of logs)
    for (const { streamId, commandId } of commits)
      if (streams.has(`${service} ${streamId}`) && !commands.has(commandId)) {
        foreign += 1;
        violations.add('I2', `${service} ${streamId}: a commit of command ${commandId}, which nobody sent`);
      }
  return foreign;
}

function checkVersions(commands, violations) {
  const told = [...commands.values()].filter(({ outcome, events }) => outcome === 'ok' && events > 0);
  for (const [stream, answers] of Map.groupBy(told, ({ service, stream: name }) => `${service} ${name}`)) {
    const owners = new Map();
    for (const { command, version } of answers) {
      if (owners.has(version)) violations.add('I8', `${stream}: version ${version} was told to ${owners.get(version)} and to ${command}`);
      owners.set(version, command);
    }
    checkRealTime(stream, answers, violations);
  }
}

/** Whatever was asked after an answer had come must have a later version than that answer: the highest version answered so far, swept in the order of time. */
function checkRealTime(stream, answers, violations) {
  const asked = [...answers].sort((a, b) => a.invokedAt - b.invokedAt);
  const answered = [...answers].sort((a, b) => a.answeredAt - b.answeredAt);
  let highest = 0;
  let next = 0;
  for (const { invokedAt, version, command } of asked) {
    while (next < answered.length && answered[next].answeredAt < invokedAt) highest = Math.max(highest, answered[next++].version);
    if (version <= highest)
      violations.add('I8', `${stream}: ${command} was asked after version ${highest} had been told, and got version ${version}`);
  }
}
