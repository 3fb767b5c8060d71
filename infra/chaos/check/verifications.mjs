// I4 by the services' own account: each recomputes its read models from the logs, and finds nothing.
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICES } from '../services.mjs';

const VERIFIED_WITHIN_MS = 120_000;
const POLL_MS = 100;

/** The finished verification of every service: service -> job. */
export async function verifications({ client, tokens }) {
  const one = async (service) => {
    const { id } = await client.post(service, `/ops/${service}/verify`, {}, tokens.operator);
    for (const until = performance.now() + VERIFIED_WITHIN_MS; ;) {
      const job = await client.get(service, `/ops/${service}/verify/${id}`, tokens.operator);
      if (job.state !== 'running') return [service, job];
      if (performance.now() > until) throw new Error(`${service} is not verified within ${VERIFIED_WITHIN_MS / 1000} s`);
      await delay(POLL_MS);
    }
  };
  return new Map(await Promise.all(SERVICES.map(one)));
}

/** `strays`: streams that a scenario put on a topic: they have marks, and no log. */
export function checkVerifications(jobs, strays, violations) {
  for (const [service, { state, error, results }] of jobs) {
    if (state !== 'done') violations.add('I4', `${service}: its verification ${state}: ${error}`);
    for (const { projection, findings, unproved } of results) {
      for (const finding of findings)
        if (!strays.has(finding.stream)) violations.add('I4', `${service} ${projection}, as it says itself: ${JSON.stringify(finding)}`);
      if (unproved > 0) violations.add('I4', `${service} ${projection}: ${unproved} rows and streams are not proved`);
    }
  }
}
