import type { Failpoint, Logger } from '@keyfold/event-sourcing';
import type { MetricsRegistry } from '../telemetry/metrics-registry.js';

/** What the adapters of a process share whatever they run on. */
export interface AdapterTools {
  readonly log: Logger;
  readonly metrics: MetricsRegistry;
  readonly failpoint: Failpoint;
}
