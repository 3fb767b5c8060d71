// I6: the topic contains the log. Of each stream every version is there, the first occurrences in order, all on one partition; repetitions are legal.

/** `messages`: of one service's topic, in the order of its partitions. `shortened`: messages were taken away by hand, so that a stream may begin late or end early. */
export function checkTopic(service, commits, { messages, shortened = false }, violations) {
  const heads = new Map();
  for (const { streamId, toVersion } of commits) heads.set(streamId, Math.max(heads.get(streamId) ?? 0, toVersion));
  const seen = firstOccurrences(service, messages, (what) => violations.add('I6', what), shortened);
  for (const [stream, version] of seen)
    if (!(version <= heads.get(stream)))
      violations.add('I6', `${service} ${stream}: version ${version} is on the topic and not in the log`);
  if (shortened) return;
  for (const [stream, head] of heads) {
    const version = seen.get(stream) ?? 0;
    if (version < head) violations.add('I6', `${service} ${stream}: the topic ends at version ${version}, the log at ${head}`);
  }
}

/** Stream -> the highest version on the topic. */
function firstOccurrences(service, messages, wrong, shortened) {
  const seen = new Map();
  const partitions = new Map();
  for (const { partition, stream, version } of messages) {
    const known = seen.get(stream) ?? 0;
    const first = partitions.get(stream) ?? partition;
    if (first !== partition) wrong(`${service} ${stream}: on partition ${first} and on ${partition}`);
    if (version > known + 1 && !shortened) wrong(`${service} ${stream}: version ${version} comes after ${known} on the topic`);
    seen.set(stream, Math.max(version, known));
    partitions.set(stream, first);
  }
  return seen;
}
