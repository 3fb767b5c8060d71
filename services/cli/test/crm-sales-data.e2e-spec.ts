import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Keyfold, startKeyfold } from './support.js';

// The real export is not part of the project. Where it is absent, this says so; the import itself is tested without it beside this file.
const DATA = process.env['KEYFOLD_CRM_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/crm-sales-opportunities', import.meta.url));
const present = existsSync(DATA);
if (!present) process.stderr.write(`The CRM sales data is not at ${DATA} (KEYFOLD_CRM_DATA): its figures are not checked.\n`);

(present ? describe : describe.skip)('the real CRM export', () => {
  let keyfold: Keyfold;
  beforeAll(async () => {
    keyfold = await startKeyfold();
  }, 120_000);
  afterAll(() => keyfold.close());

  const total = async (query = '') => (await keyfold.get<{ groups: object[] }>(`/api/reporting/pipeline-summary${query}`)).groups[0];

  it('gives the figures that are known of it, in a single run', async () => {
    const { code, out } = await keyfold.cli('--json', 'import', '--format', 'crm-sales', DATA, '--apply');
    expect(code).toBe(0);
    const created = (count: number) => ({ created: count, changed: 0, unchanged: 0, wrong: 0 });
    expect((JSON.parse(out) as { entities: object }).entities).toEqual({ members: created(35), offerings: created(7), accounts: created(85), opportunities: created(8_800) });
    expect(await total()).toMatchObject({ open: 2_089, won: 4_238, lost: 2_473, wonValue: { amountMinor: 1_000_553_400, currency: 'USD' }, winRate: 4_238 / 6_711 });
  });

  it('has fifteen subsidiaries, thirty agents with deals and 1 425 open deals without an account', async () => {
    const accounts = await keyfold.get<{ items: { parentId: string | null }[] }>('/api/accounts/key-accounts?limit=200');
    expect([accounts.items.length, accounts.items.filter((account) => account.parentId).length]).toEqual([85, 15]);
    const owners = await keyfold.get<{ groups: { label: string }[] }>('/api/reporting/pipeline-summary?groupBy=owner');
    expect(owners.groups).toHaveLength(30);
    const byAccount = await keyfold.get<{ groups: { key: string | null; open: number }[] }>('/api/reporting/pipeline-summary?groupBy=account');
    expect(byAccount.groups.find((group) => group.key === null)?.open).toBe(1_425);
  });

  it('is seen whole by the director who imported it', async () => {
    const seen = await keyfold.get<{ groups: object[] }>('/api/reporting/pipeline-summary', 'director');
    expect(seen.groups[0]).toMatchObject({ open: 2_089, won: 4_238, lost: 2_473 });
  });
});
