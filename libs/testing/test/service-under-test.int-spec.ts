import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@keyfold/event-sourcing/testing';
import { type ServiceOptions, ServiceUnderTest } from '../src/index.js';

const main = 'libs/testing/test/fixtures/little-service.ts';

describe('ServiceUnderTest', () => {
  const started: ServiceUnderTest[] = [];
  afterEach(() => Promise.all(started.splice(0).map((service) => service.kill())));

  async function start(options: Partial<ServiceOptions> = {}): Promise<ServiceUnderTest> {
    const service = await ServiceUnderTest.start({ main, ...options });
    started.push(service);
    return service;
  }
  const ask = async (service: ServiceUnderTest): Promise<unknown> => (await service.fetch('/')).json();

  it('runs a source with its environment and arguments, ready when it says so', async () => {
    const service = await start({ env: { GREETING: 'bonjour' }, args: ['--empty'] });
    expect(await ask(service)).toEqual({ pid: service.pid, greeting: 'bonjour', args: ['--empty'] });
    expect(service.output).toContain('little service listens');
  });

  it('stops, and starts again on the same port', async () => {
    const service = await start();
    const { url, pid } = service;
    expect(await service.stop()).toBe(0);
    await expect(ask(service)).rejects.toThrow('fetch failed');
    await service.start();
    expect([service.url, service.pid === pid]).toEqual([url, false]);
    await service.restart();
    expect(await ask(service)).toMatchObject({ pid: service.pid });
  });

  it('starts once with a variable more, and keeps all that it wrote', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keyfold-service-'));
    const logFile = join(folder, 'service.log');
    const service = await start({ logFile });
    await service.kill();
    await service.start({ GREETING: 'salut' });
    expect(await ask(service)).toMatchObject({ greeting: 'salut' });
    await service.kill();
    await service.start();
    expect(await ask(service)).toMatchObject({ greeting: null });
    await eventually(async () => expect((await readFile(logFile, 'utf8')).match(/little service listens/g)).toHaveLength(3));
    await rm(folder, { recursive: true });
  });

  it('stands still while it is paused', async () => {
    const service = await start();
    service.pause();
    await expect(service.fetch('/', { signal: AbortSignal.timeout(300) })).rejects.toThrow('timeout');
    service.resume();
    expect(await ask(service)).toMatchObject({ pid: service.pid });
  });

  it('dies at once when it is killed', async () => {
    const service = await start({ env: { TROUBLE: 'deaf' } });
    await service.kill();
    expect(service.pid).toBeUndefined();
  });

  it('is killed where it does not stop within the deadline', async () => {
    const service = await start({ env: { TROUBLE: 'deaf' } });
    expect(await service.stop(100)).toBeNull();
    expect(service.pid).toBeUndefined();
  });

  it('shows the output of a service that ends early', async () => {
    await expect(start({ env: { TROUBLE: 'ends' } })).rejects.toThrow(
      /little-service\.ts ended early; the end of its output:\nKEYFOLD_MONGO_URL is missing/,
    );
  });

  it('shows the answer and the output of a service that is not ready in time', async () => {
    await expect(start({ env: { TROUBLE: 'never ready' }, readyWithinMs: 1_500 })).rejects.toThrow(
      /not within 1500 ms: .*is not ready \(503 .*\nlittle service listens/s,
    );
  });
});
