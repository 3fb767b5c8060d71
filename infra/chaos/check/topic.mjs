// I6: the topic contains the log. Of each stream every version is there, the first occurrences in order, all on one partition; repetitions are legal.

/** `messages`: of one service's topic, in the order of its partitions. `shortened`: messages were taken away by hand, so that a stream may begin late or end early. */
export function checkTopic(service, commits, { messages, shortened = false }, violations) {
  const heads = new Map();
  for (const { streamId, toVersion } of commits) heads.set(streamId, Math.max(heads.get(streamId) ?? 0, toVersion));
  const seen = new Map();
  for (const { partition, stream, version } of messages) {
    const known = seen.get(stream) ?? { partition, version: shortened ? version - 1 : 0 };
    if (known.partition !== partition) violations.add('I6', `${service} ${stream}: on partition ${known.partition} and on ${partition}`);
    if (version > known.version + 1 && !shortened) violations.add('I6', `${service} ${stream}: version ${version} comes after ${known.version} on the topic`);
    seen.set(stream, { partition, version: Math.max(version, known.version) });
  }
  for (const [stream, head] of heads) {
    const version = seen.get(stream)?.version ?? 0;
    if (version < head && !shortened) violations.add('I6', `${service} ${stream}: the topic ends at version ${version}, the log at ${head}`);
  }
  for (const [stream, { version }] of seen) if (version > (heads.get(stream) ?? 0)) violations.add('I6', `${service} ${stream}: version ${version} is on the topic and not in the log`);
}
