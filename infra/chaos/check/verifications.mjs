// I4 by the services' own account: each recomputes its read models from the logs, and finds nothing.
import { setTimeout as delay } from 'node:timers/promises';
import { SERVICES } from '../services.mjs';

/** A long run leaves long logs: what counts is that it goes on. */
const PROGRESS_WITHIN_MS = 120_000;
const POLL_MS = 100;

/** The finished verification of every service: service -> job. */
export async function verifications({ client, tokens }) {
  const one = async (service) => {
    const { id } = await client.post(service, `/ops/${service}/verify`, {}, tokens.operator);
    let seen = -1;
    for (let until = 0; ;) {
      const job = await client.get(service, `/ops/${service}/verify/${id}`, tokens.operator);
      if (job.state !== 'running') return [service, job];
      if (job.done !== seen) [seen, until] = [job.done, performance.now() + PROGRESS_WITHIN_MS];
      if (performance.now() > until)
        throw new Error(
          `${service}: its verification stands at ${job.done} of ${job.total} commits (${job.current}) for ${PROGRESS_WITHIN_MS / 1000} s`,
        );
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
