// Messages that come twice, in a wrong order, broken, or not at all: F15, F16, F17, F18.
import { canonical } from '../check/read-models.mjs';
import { READ_MODELS } from '../read-models.mjs';

const CONSUMED_WITHIN_MS = 60_000;
const READERS = ['opportunities', 'reporting'];

const consumed = (world, byHand, service = 'opportunities') =>
  world.until(
    'everything on the topic was consumed',
    async () => (await Promise.all(READERS.map((reader) => byHand.lag(reader, [service])))).every((lag) => lag === 0),
    CONSUMED_WITHIN_MS,
  );

export const deliveredAgain = {
  id: 'F15',
  title: 'every message is delivered five times more',
  load: null,
  async run(world) {
    const { observer, byHand } = world.lab;
    await world.burst(world.short ? 300 : 5_000);
    await observer.untilCaughtUp({ withinMs: 60_000, strays: world.lab.strays });
    const before = await state(observer);
    const messages = byHand.messagesOf(
      'opportunities',
      (await observer.log('opportunities')).sort((a, b) => a.position - b.position).slice(-2_000),
    );
    for (let i = 0; i < 5; i++) {
      await byHand.produce('opportunities', messages);
      world.fault('messages delivered again', messages.length);
    }
    await consumed(world, byHand);
    world.expect('I4', (await state(observer)) === before, 'the read models changed by messages that they had already');
  },
};

/** Everything that the services show, as one text. */
async function state(observer) {
  const shown = [];
  for (const owner of READERS)
    for (const key of Object.keys(READ_MODELS[owner]))
      shown.push([owner, key, [...(await observer.rows(owner, key))].sort(([a], [b]) => (a < b ? -1 : 1))]);
  return canonical(shown);
}

export const outOfOrder = {
  id: 'F16',
  title: 'messages come in a wrong order, before their owner can be asked',
  load: null,
  cycles: { short: 1, full: 5 },
  run(world) {
    const { lab, services, random } = world;
    return world.cycles(this.cycles, async () => {
      // With the broker away the commands are numbered and not published: what follows is ahead of the relay.
      await lab.kafka.kill();
      await world.burst(world.short ? 200 : 1_500, { shares: [['opportunities', 1]] });
      await world.until(
        'everything is numbered',
        async () => (await lab.observer.database('opportunities').collection('commits').countDocuments({ sequenced: false })) === 0,
      );
      const { publishedPosition } = (await lab.observer.leases()).get('opportunities');
      const ahead = (await lab.observer.log('opportunities')).filter(({ position }) => position > publishedPosition);
      await services.kill('opportunities');
      await lab.kafka.start();
      const messages = random.shuffled(lab.byHand.messagesOf('opportunities', ahead));
      await lab.byHand.produce('opportunities', messages);
      world.fault('messages out of order', messages.length);
      await world.moment(1_000, 3_000);
      await services.up('opportunities');
      world.mended();
    });
  },
};

export const messagesMissing = {
  id: 'F17',
  title: 'messages are missing on the topic',
  spoilsTopics: ['opportunities'],
  notices: [{ service: 'reporting', action: 'gap-repaired' }],
  cycles: { short: 1, full: 5 },
  run(world) {
    const { lab, services, random } = world;
    return world.cycles(this.cycles, async () => {
      await services.kill('reporting');
      await world.moment(1_500, 3_000);
      const partitions = random.shuffled(Array.from({ length: 24 }, (_, i) => i)).slice(0, 16);
      const deleted = await lab.byHand.deleteRecords('opportunities', partitions);
      world.fault('messages deleted before they were consumed', deleted);
      await services.up('reporting');
      world.mended();
      await world.moment(1_000, 2_000);
    });
  },
};

/** `{ headers, value }` on a stream of their own each: none is an event that anybody could apply. */
function poisons(stream) {
  const envelope = (name, more = {}) => ({
    ce_specversion: '1.0',
    ce_id: `${stream}-${name}`,
    ce_type: 'opportunities.offering.registered',
    ce_source: '/keyfold/opportunities',
    ce_subject: `${stream}-${name}`,
    ce_time: '2026-01-01T00:00:00.000Z',
    ce_recordedtime: '2026-01-01T00:00:00.000Z',
    ce_schemaversion: '1',
    ce_streamversion: '1',
    ce_position: '1',
    ce_index: '0',
    ce_partitionkey: `${stream}-${name}`,
    ce_commitid: name,
    ce_commandid: name,
    ce_correlationid: name,
    ce_actor: '{"subject":"chaos","memberId":null,"roles":[]}',
    ...more,
  });
  return [
    { name: 'bad-json', headers: envelope('bad-json'), value: '{"name":' },
    { name: 'null-value', headers: envelope('null-value'), value: null },
    { name: 'array', headers: envelope('array'), value: '"a text"' },
    { name: 'future-schema', headers: envelope('future-schema', { ce_schemaversion: '99' }), value: '{}' },
    { name: 'large', headers: envelope('large'), value: 'x'.repeat(900_000) },
    { name: 'no-actor', headers: envelope('no-actor', { ce_actor: '{' }), value: '{}' },
    { name: 'unknown-type', headers: envelope('unknown-type', { ce_type: 'opportunities.offering.melted' }), value: '{}', skipped: true },
    { name: 'no-headers', headers: {}, value: '{}', skipped: true },
    { name: 'no-version', headers: envelope('no-version', { ce_streamversion: '-1' }), value: '{}', skipped: true },
  ];
}

export const poisoned = {
  id: 'F18',
  title: 'messages that nobody can read',
  notices: READERS.map((service) => ({ service, action: 'event-parked' })),
  async run(world) {
    const { lab } = world;
    const stream = `offering-${world.prefix}-poison`;
    const messages = poisons(stream);
    for (const { name } of messages) lab.strays.add(`${stream}-${name}`);
    await world.moment();
    await lab.byHand.produce(
      'opportunities',
      messages.map(({ headers, value }, partition) => ({ partition, key: stream, headers, value })),
    );
    world.fault('unreadable messages', messages.length);
    const parked = async (owner) => new Set((await lab.observer.deadLetters(owner)).map(({ streamId }) => streamId));
    for (const owner of READERS)
      for (const { name, skipped } of messages)
        if (!skipped)
          await world.until(
            `${name} is a dead letter of ${owner}`,
            async () => (await parked(owner)).has(`${stream}-${name}`),
            CONSUMED_WITHIN_MS,
          );
    await poisonBeforeTheReal(world);
    world.mended();
  },
};

/** A broken message takes the place of a real event: the real one is queued behind it, and applied from its owner's log when an operator retries. */
async function poisonBeforeTheReal(world) {
  const { lab } = world;
  const id = `${world.prefix}-victim`;
  const streamId = `offering-${id}`;
  const rename = (name) => lab.client.post('opportunities', `/api/opportunities/offerings/${id}/register`, { name });
  await rename('before');
  await world.until(
    'the victim is known',
    async () => (await lab.observer.marks('reporting', 'offering-history')).get(streamId)?.applied === 1,
  );
  const [commit] = (await lab.observer.log('opportunities')).filter((candidate) => candidate.streamId === streamId);
  const [message] = lab.byHand.messagesOf('opportunities', [commit]);
  await lab.byHand.produce('opportunities', [{ ...message, headers: { ...message.headers, ce_streamversion: '2' }, value: 'not JSON' }]);
  world.fault('unreadable message in the place of an event');
  const models = [
    ['opportunities', 'offerings'],
    ['reporting', 'offering-history'],
  ];
  for (const [owner, name] of models)
    await world.until(`${streamId} is parked`, async () => (await lab.observer.marks(owner, name)).get(streamId)?.accepted === 2);
  await rename('after');
  await rename('last');
  for (const [owner, name] of models)
    await world.until(`${streamId} queues`, async () => (await lab.observer.marks(owner, name)).get(streamId)?.accepted === 3);
  for (const [owner, projection] of models)
    await lab.client.post(owner, `/ops/${owner}/dead-letters/retry`, { projection, streamId }, lab.tokens.operator);
}
