const PLAIN_EVERY_MS = 3_000;

/** Progress on stderr: one line that renews itself on a terminal, a plain line every few seconds elsewhere. */
export class Progress {
  private readonly started = performance.now();
  private lastPrinted = 0;
  private done = 0;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly quiet: boolean,
  ) {}

  add(count: number): void {
    this.done += count;
    const now = performance.now();
    const finished = this.done >= this.total;
    if (this.quiet || (!finished && !process.stderr.isTTY && now - this.lastPrinted < PLAIN_EVERY_MS)) return;
    this.lastPrinted = now;
    const line = progressLine(this.label, this.done, this.total, (now - this.started) / 1_000);
    process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}${finished ? '\n' : ''}` : `${line}\n`);
  }
}

/** `opportunities 4500/8800 51 % 612/s 7 s left`. */
export function progressLine(label: string, done: number, total: number, seconds: number): string {
  const rate = seconds > 0 ? done / seconds : 0;
  return ratedLine(label, { done, total, rate, secondsLeft: rate > 0 ? Math.ceil((total - done) / rate) : null });
}

/** The same line for a rate that is known. */
export function ratedLine(label: string, { done, total, rate, secondsLeft }: { done: number; total: number; rate: number; secondsLeft: number | null }): string {
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  return `${label} ${done}/${total} ${percent} % ${Math.round(rate)}/s${done < total && secondsLeft !== null ? ` ${secondsLeft} s left` : ''}`;
}
