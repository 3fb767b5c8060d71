import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { programOf, ROOT } from './program.js';
import { newSecrets } from './servers.js';

/** What every process of a distributed deployment is told: the servers, the prefix of its own names, and secrets made up anew. */
export const deploymentOn = (mongo: { readonly url: string }, kafka: { readonly brokers: readonly string[]; readonly prefix: string }) => ({
  KEYFOLD_MODE: 'distributed',
  KEYFOLD_DEMO: 'true',
  KEYFOLD_MONGO_URL: mongo.url,
  KEYFOLD_KAFKA_BROKERS: kafka.brokers.join(','),
  KEYFOLD_TOPIC_PREFIX: kafka.prefix,
  ...newSecrets(),
});

/** Runs the setup job of a deployment, which makes databases and topics. Throws when it fails. */
export async function setUpDeployment(env: Readonly<Record<string, string>>): Promise<void> {
  const job = ['--disable-warning=ExperimentalWarning', ...programOf('libs/platform/src/setup.main.ts')];
  const made = spawn(process.execPath, job, { cwd: ROOT, env: { ...process.env, NODE_OPTIONS: undefined, ...env }, stdio: 'inherit' });
  const [code] = (await once(made, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the setup job ended with ${code}`);
}

/** Answers every request with the keys by which tokens are checked, as the web service does: its address is the KEYFOLD_PUBLIC_URL of services without one. */
export async function serveKeys(jwks: object): Promise<{ readonly url: string; close(): void }> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
