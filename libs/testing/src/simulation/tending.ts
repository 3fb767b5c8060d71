import type { Rebuilder } from '@keyfold/event-sourcing';
import type { SimulatedProcess } from './process.js';

const TEND_MS = 1_000;
const OPERATOR = 'simulated';

/** Builds and rebuilds the read models of one run of one process, and feeds what may serve again, as the runtime of a service does. */
export class Tending {
  private pause = new AbortController();
  private readonly never = new AbortController().signal;

  constructor(
    private readonly rebuilders: readonly Rebuilder[],
    private readonly process: SimulatedProcess,
  ) {}

  async run(): Promise<never> {
    for (;;) {
      this.pause = new AbortController();
      for (const rebuilder of this.rebuilders) await this.trying(rebuilder, 'tend to', () => rebuilder.work(this.never));
      await this.process.clock.wait(TEND_MS, this.pause.signal);
    }
  }

  /** As an operator would: a rebuild, and where there is a way back that, or its end. */
  async operate(): Promise<void> {
    if (this.rebuilders.length === 0) return;
    const { random } = this.process.world;
    const rebuilder = random.pick(this.rebuilders);
    const wish = random.pick(['roll back', 'roll back', 'rebuild', 'discard'] as const);
    await this.trying(rebuilder, wish, async () => {
      const { previous } = await rebuilder.status();
      this.process.log.info(`is told to ${previous === null ? 'rebuild' : wish} ${rebuilder.name}`);
      if (previous === null || wish === 'rebuild') return rebuilder.start(OPERATOR);
      return wish === 'roll back' ? rebuilder.rollBack(OPERATOR, this.never) : rebuilder.discard(OPERATOR);
    });
    this.pause.abort();
  }

  private async trying({ name }: Rebuilder, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.process.log.warn(`cannot ${what} ${name} now`, { error: String(error) });
    }
  }
}
