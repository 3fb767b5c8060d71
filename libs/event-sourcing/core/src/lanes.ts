/** Does `work` on each item, so many at a time, in their order. What fails ends its lane while the others go on: waits for all of them, then throws the first failure. */
export async function inLanes<T>(items: Iterable<T>, lanes: number, work: (item: T) => Promise<void>): Promise<void> {
  const next = [...items].values();
  const lane = async (): Promise<void> => {
    for (const item of next) await work(item);
  };
  for (const outcome of await Promise.allSettled(Array.from({ length: lanes }, lane))) if (outcome.status === 'rejected') throw outcome.reason;
}
