import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, freePort } from '@keyfold/testing';
import { EXPORT, type Keyfold, startKeyfold, writeExport } from './support.js';

let keyfold: Keyfold;
let metricsPort: number;

/** A Keyfold with a small portfolio. */
beforeAll(async () => {
  metricsPort = await freePort();
  keyfold = await startKeyfold({ KEYFOLD_METRICS_PORT: String(metricsPort) });
  const source = await writeExport(`${keyfold.folder}/export`, EXPORT);
  expect(await keyfold.cli('import', source, '--apply', '--json')).toMatchObject({ code: 0 });
}, 180_000);
afterAll(() => keyfold.close());

const json = async <Result>(...args: string[]): Promise<Result> => {
  const { code, out, err } = await keyfold.cli(...args, '--json');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return JSON.parse(out) as Result;
};

interface Verified {
  readonly ok: boolean;
  readonly verified: readonly { readonly service: string; readonly projection: string; readonly rows: number; readonly found: number; readonly unproved: number }[];
}

describe('the command line of an operator', () => {
  it('proves that every read model of every service is what the logs say', async () => {
    const { ok, verified } = await json<Verified>('verify');
    expect(ok).toBe(true);
    expect(new Set(verified.map(({ service }) => service))).toEqual(new Set(['accounts', 'opportunities', 'satisfaction', 'reporting']));
    expect(verified.filter(({ found, unproved }) => found + unproved > 0)).toEqual([]);
    expect(verified.find(({ projection }) => projection === 'opportunity-history')?.rows).toBe(5);
    const one = await keyfold.cli('verify', 'reporting', 'opportunity-history');
    expect([one.code, one.out]).toEqual([0, expect.stringMatching(/^reporting opportunity-history: right; 5 rows/)]);
  });

  it('finds nothing wrong with a Keyfold that runs well', async () => {
    await eventually(async () => expect((await keyfold.cli('doctor')).code).toBe(0), { deadlineMs: 60_000 });
    const { out } = await keyfold.cli('doctor');
    expect(out).toMatch(/accounts \d+\.\d+\.\d+ runs, at position \d+/);
    expect(out).toContain('Nothing is wrong.');
  });

  it('has no dead letters to show, and says so', async () => {
    expect(await json('dead-letters', 'list')).toEqual({ items: [], more: false });
    expect(await keyfold.cli('dead-letters', 'retry')).toMatchObject({ code: 0, out: 'There are no dead letters.\n' });
    const discarded = await keyfold.cli('dead-letters', 'discard', 'accounts', 'key-accounts', 'account-none', '3', '--reason', 'a test');
    expect([discarded.code, discarded.err]).toEqual([1, expect.stringMatching(/was refused: There is no such thing/)]);
  });

  it('keeps what was done in the audit log', async () => {
    const { items } = await json<{ items: { service: string; actor: string; action: string }[] }>('audit', 'reporting');
    expect(items[0]).toMatchObject({ service: 'reporting', actor: 'demo:operator', action: 'read-models-verified' });
  });

  it('says what it wants when it is asked wrongly', async () => {
    for (const [args, sentence] of [
      [['verify', 'nothing'], 'nothing is not a service: name one of accounts, opportunities, satisfaction, reporting.'],
      [['verify', 'accounts', 'nothing'], 'POST /ops/accounts/verify was refused'],
      [['dead-letters', 'list', '--limit', 'x'], '--limit is x; it wants a whole number from 1 to 10000.'],
      [['dead-letters', 'discard', 'accounts', 'a', 'b', '1'], "required option '--reason <text>' not specified"],
    ] as const) {
      const { code, err } = await keyfold.cli(...args);
      expect([code, err]).toEqual([1, expect.stringContaining(sentence)]);
    }
    for (const verb of [['verify'], ['doctor'], ['audit'], ['dead-letters', 'discard']]) expect((await keyfold.cli(...verb, '--help')).out).toMatch(/Usage: keyfold/);
  });

  it('is measured on a port of its own', async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    for (const name of ['event_store_appends_total', 'events_applied_total', 'commands_total', 'process_uptime_seconds']) expect(text).toContain(`# TYPE keyfold_${name}`);
    await eventually(async () => expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toMatch(/keyfold_projection_lag_events\{projection="key-accounts",service="accounts"\} 0/), { deadlineMs: 40_000 });
  });
});
