const time = (ms) =>
  ms < 10_000
    ? `${(ms / 1_000).toFixed(1)} s`
    : ms < 90_000
      ? `${Math.round(ms / 1_000)} s`
      : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1_000)} s`;

/** Measures from now on; the answer is a text a person reads. */
export const stopwatch = () => {
  const start = performance.now();
  return () => time(performance.now() - start);
};

/** Says every ten seconds that the work goes on. Returns how to stop saying it. */
export const keepSaying = (what) => {
  const elapsed = stopwatch();
  const timer = setInterval(() => console.log(`  ${what}: ${elapsed()} so far`), 10_000);
  return () => clearInterval(timer);
};
