import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KEPT_JOBS, type VerifyJob, type VerifyJobs } from '../verify-jobs.js';
import { eventually } from './eventually.js';

export interface VerifyJobsUnderTest {
  /** What one process has in its hands; another one of the same service at every call. A job lives for `aliveMs` from word to word. */
  open(aliveMs?: number): VerifyJobs;
  close(): Promise<void>;
}

const running = (id: string, overrides: Partial<VerifyJob> = {}): VerifyJob => ({
  id,
  projection: null,
  state: 'running',
  startedAt: '2026-01-01T00:00:00.000Z',
  done: 0,
  total: 0,
  current: null,
  results: [],
  error: null,
  ...overrides,
});

/** What every store of verifications promises: each process tells the same of all of them, one runs at a time, and a process that is gone holds up nobody. */
export function verifyJobsContract(name: string, make: () => Promise<VerifyJobsUnderTest>): void {
  describe(`verify jobs: ${name}`, () => {
    let tested: VerifyJobsUnderTest;
    beforeEach(async () => {
      tested = await make();
    });
    afterEach(() => tested.close());

    it('are told by any process as they were written last', async () => {
      const [own, other] = [tested.open(), tested.open()];
      await own.start(running('a'));
      expect(await other.find('a')).toEqual(running('a'));
      const result = { projection: 'names', version: 1, seed: 7, events: 3, streams: 1, rows: 1, parked: { streams: 0, letters: 0 }, discarded: 0, found: 1, findings: [{ kind: 'row-extra' as const, row: 'r' }], unproved: 0, ok: false };
      const further = running('a', { done: 3, total: 9, current: 'names', results: [result] });
      await own.keep(further);
      expect(await other.find('a')).toEqual(further);
      expect(await other.find('b')).toBeNull();
    });

    it('run one at a time, whichever process is asked', async () => {
      const [own, other] = [tested.open(), tested.open()];
      expect(await Promise.all([own.start(running('a')), other.start(running('b'))])).toEqual(expect.arrayContaining([true, false]));
      const [first, second] = (await own.find('a')) ? ['a', 'b'] : ['b', 'a'];
      expect(await own.find(second)).toBeNull();
      await own.keep(running(first, { state: 'done' }));
      expect(await other.start(running(second))).toBe(true);
      expect(await own.find(first)).toMatchObject({ state: 'done' });
    });

    it('of a process that is gone are interrupted, and the next may run; one that speaks up is none of them', async () => {
      const [gone, other] = [tested.open(200), tested.open()];
      await gone.start(running('a', { done: 5 }));
      await eventually(async () => expect(await other.find('a')).toEqual(running('a', { state: 'interrupted', done: 5 })));
      expect(await other.start(running('b'))).toBe(true);
      await gone.keep(running('a', { state: 'failed', error: 'Error: stopped' })); // it was only paused
      expect(await other.start(running('c'))).toBe(false);
      expect([await other.find('a'), await other.find('b')]).toMatchObject([{ state: 'failed' }, { state: 'running' }]);
    });

    it('are kept to the last few', async () => {
      const jobs = tested.open();
      const ids = Array.from({ length: KEPT_JOBS + 2 }, (_, i) => `job-${i}`);
      for (const [i, id] of ids.entries()) {
        const job = running(id, { startedAt: `2026-01-01T00:00:${String(10 + i)}.000Z` });
        expect(await jobs.start(job)).toBe(true);
        await jobs.keep({ ...job, state: 'done' });
      }
      const found = await Promise.all(ids.map((id) => jobs.find(id)));
      expect(found.map((job) => job !== null)).toEqual(ids.map((_, i) => i >= 2));
    });
  });
}
