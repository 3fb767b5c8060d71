const TRIALS = 20;

/**
 * What every event store must do before its speed means anything: of two appends at the same expected version exactly one wins, on a new stream and on
 * one that is there, and the versions are 1..n without gap or repetition. Null when it holds, else why not.
 */
export async function gate(peer, context) {
  const store = await peer.open(context, 'bench_gate');
  try {
    for (let number = 1; number <= TRIALS; number++) {
      const own = number > TRIALS / 2;
      if (own) await store.append(number, 0, context.data.slice(0, 2));
      const version = own ? 2 : 0;
      const outcomes = await Promise.allSettled([0, 1].map((i) => store.append(number, version, context.data.slice(i, i + 2))));
      const won = outcomes.filter(({ status }) => status === 'fulfilled').length;
      if (won !== 1) return `${won} of two appends at version ${version} won`;
      const versions = await store.versions(number);
      if (versions.some((found, i) => found !== i + 1) || versions.length !== version + 2) return `versions ${versions.join(' ')} after it`;
    }
    return null;
  } catch (error) {
    return String(error.message ?? error);
  } finally {
    await store.close();
  }
}
