import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '@keyfold/testing';

/** A broker of a test's own, to be killed, wiped and brought back on the same port. */
export interface OwnBroker {
  readonly brokers: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** Throws its data away; it has to be stopped. */
  wipe(): void;
}

type Kafka = new (options: { dir: string; port: number; controllerPort: number; settings: Readonly<Record<string, string | number>> }) => OwnBroker;

/** Not started yet. `close` ends it and removes what it left. */
export async function ownBroker(settings: Readonly<Record<string, string | number>> = {}): Promise<OwnBroker & { close(): Promise<void> }> {
  const { Kafka } = (await import(fileURLToPath(new URL('../../../infra/native/kafka.mjs', import.meta.url)))) as { Kafka: Kafka };
  const dir = mkdtempSync(join(tmpdir(), 'keyfold-broker-'));
  const kafka = new Kafka({ dir, port: await freePort(), controllerPort: await freePort(), settings });
  return {
    brokers: kafka.brokers,
    start: () => kafka.start(),
    kill: () => kafka.kill(),
    wipe: () => kafka.wipe(),
    close: async () => {
      await kafka.kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
