import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { faultsOf, readMapping } from './mapping.js';

const bundled = fileURLToPath(new URL('../../mappings/crm-sales.json', import.meta.url));

describe('a mapping', () => {
  it('that comes with Keyfold is right', async () => expect(faultsOf(await readMapping(bundled))).toEqual([]));
  it('is told every fault at once', async () => {
    const mapping = await readMapping(bundled);
    const { account: _account, ...columns } = mapping.files.opportunities.columns;
    const wrong = { ...mapping, currency: 'Dollar', stages: { Won: { stage: 'won' as never } }, files: { ...mapping.files, opportunities: { ...mapping.files.opportunities, columns: { ...columns, colour: 'x' } } } };
    expect(faultsOf(wrong)).toEqual([
      'currency: an ISO 4217 code',
      'files.opportunities.columns.colour: is not a field of opportunities',
      'files.opportunities.columns.account: is needed',
      expect.stringContaining('stages.Won'),
    ]);
  });
  it('that is not there is one sentence', () => expect(readMapping('/no/such/mapping.json')).rejects.toThrow('the mapping /no/such/mapping.json cannot be read'));
});
