// I3: the versions of each stream are 1..n, unique, and contiguous inside a commit. G4: positions are dense, unique, and extend each stream's order.

/** Commits by stream, in the order of their versions. */
export function streamsOf(commits) {
  const streams = Map.groupBy(commits, ({ streamId }) => streamId);
  for (const stream of streams.values()) stream.sort((a, b) => a.expectedVersion - b.expectedVersion);
  return streams;
}

/** `commits`: all of one service's log, in any order. */
export function checkLog(service, commits, violations) {
  for (const [streamId, stream] of streamsOf(commits)) checkStream(`${service} ${streamId}`, stream, violations);
  const numbered = commits.filter(({ position }) => position !== undefined).sort((a, b) => a.position - b.position);
  if (numbered.length < commits.length) violations.add('G4', `${service}: ${commits.length - numbered.length} commits were never numbered`);
  numbered.forEach(({ position, recordedAt, commitId }, i) => {
    if (position !== i + 1)
      violations.add('G4', `${service}: position ${i + 1} is ${position < i + 1 ? 'given twice' : 'missing'}, at commit ${commitId}`);
    if (i > 0 && recordedAt < numbered[i - 1].recordedAt) violations.add('G4', `${service}: log time goes back at position ${position}`);
  });
}

function checkStream(name, stream, violations) {
  let version = 0;
  let position = 0;
  for (const commit of stream) {
    if (commit.expectedVersion !== version)
      violations.add('I3', `${name}: version ${version + 1} is ${commit.expectedVersion < version ? 'there twice' : 'missing'}`);
    if (commit.toVersion !== commit.expectedVersion + commit.events.length)
      violations.add(
        'I3',
        `${name}: a commit says that it ends at version ${commit.toVersion}, and has ${commit.events.length} events after ${commit.expectedVersion}`,
      );
    if (commit.position !== undefined && commit.position <= position)
      violations.add('G4', `${name}: position ${commit.position} comes after ${position} in the stream`);
    version = commit.toVersion;
    position = Math.max(position, commit.position ?? position);
  }
}
