// Sixty-four writers on one stream: F28.
import { instant } from '../journal.mjs';
import { Client } from '../load/client.mjs';

const WRITERS = 64;
const ATTEMPTS = 200;

export const oneStream = {
  id: 'F28',
  title: `${WRITERS} writers on one stream, from two instances`,
  load: null,
  async run(world) {
    const { services, lab } = world;
    const each = world.short ? 5 : 40;
    const twin = await services.twin('opportunities');
    const clients = [services.urls.opportunities, twin.url].map(
      (url) => new Client({ urls: { opportunities: url }, token: lab.tokens.director }),
    );
    try {
      const taken = await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(world, clients[writer % 2], writer, each)));
      world.fault('writers on one stream', WRITERS);
      world.facts = {
        writers: WRITERS,
        commandsEach: each,
        attemptsPerCommand: round(taken.reduce((sum, { attempts }) => sum + attempts, 0) / (WRITERS * each)),
        slowestToFastest: round(ratio(taken)),
      };
    } finally {
      clients.forEach((client) => client.close());
      await twin.kill();
    }
  },
};

/** One writer: its commands one after the other, each repeated under its id until it is through. */
async function write(world, client, writer, count) {
  const { journal } = world.lab;
  const id = `${world.prefix}-hot`;
  const began = performance.now();
  let attempts = 0;
  for (let i = 0; i < count; i++) {
    world.own.sent += 1;
    const command = {
      service: 'opportunities',
      aggregate: 'offerings',
      command: 'register',
      id,
      commandId: `${world.prefix}-w${writer}-${i}`,
      body: { name: `Writer ${writer}, ${i}` },
    };
    await journal.write([
      { kind: 'invoke', at: instant(), command: command.commandId, service: command.service, stream: `offering-${id}` },
    ]);
    for (let tries = 1; ; tries++) {
      attempts += 1;
      const { results, answer } = await client.send([command]);
      const { kind, ...rest } = results[0];
      const at = instant();
      await journal.write([
        { kind, at, command: command.commandId, ...rest },
        {
          kind: 'request',
          at,
          ms: Math.round(answer.ms),
          service: command.service,
          status: answer.status ?? null,
          error: answer.error ?? null,
          connected: answer.connected,
        },
      ]);
      if (kind === 'ok') world.own.acknowledged += 1;
      if (kind === 'fail') world.own.refused += 1;
      if (kind !== 'info') break;
      if (tries === ATTEMPTS) throw new Error(`writer ${writer} did not get through in ${ATTEMPTS} attempts`);
    }
  }
  return { attempts, ms: performance.now() - began };
}

const ratio = (taken) => Math.max(...taken.map(({ ms }) => ms)) / Math.min(...taken.map(({ ms }) => ms));
const round = (value) => Math.round(value * 100) / 100;
