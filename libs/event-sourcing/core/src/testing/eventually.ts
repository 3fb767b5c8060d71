/**
 * Calls `probe` until it no longer throws, and gives its value. At the deadline it fails with the last error.
 * The one way in which a test waits: for a condition, never for a time.
 */
export async function eventually<T>(probe: () => T | Promise<T>, { deadlineMs = 5_000, everyMs = 10 } = {}): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;)
    try {
      return await probe();
    } catch (error) {
      if (performance.now() > deadline) throw new Error(`not within ${deadlineMs} ms: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
}

/** Fails when `work` is not through within the deadline. */
export async function within<T>(deadlineMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not through within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
