import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { bundledMapping, filesOf, formatNames, templatesOf } from './formats.js';
import { faultsOf, readMapping } from './mapping.js';

const bundled = fileURLToPath(new URL('../../mappings/crm-sales.json', import.meta.url));
const formats = await formatNames();

describe('a mapping', () => {
  it.each(formats)('that comes with Keyfold is right: %s', async (format) => {
    const mapping = await bundledMapping(format);
    expect(faultsOf(mapping)).toEqual([]);
    expect(templatesOf(mapping).map(({ csv }) => csv.split('\n', 1)[0]!.split(','))).toEqual(filesOf(format, mapping).map(({ columns }) => columns.map(({ name }) => name)));
  });
  it('that Keyfold does not know is said with those that it knows', () => expect(bundledMapping('../package')).rejects.toThrow(`there are ${formats.join(', ')}`));
  it('is told that it has no files, or none that Keyfold knows', () => {
    expect(faultsOf({ source: 'x', files: {} })).toEqual([expect.stringContaining('files: at least one of')]);
    expect(faultsOf({ source: 'x', files: { clients: { file: 'a.csv', key: 'id', columns: {} } } as never })).toEqual([expect.stringContaining('files.clients: is none of')]);
  });
  it('is told every fault at once', async () => {
    const mapping = await readMapping(bundled);
    const { account: _account, ...columns } = mapping.files.opportunities!.columns;
    const wrong = { ...mapping, currency: 'Dollar', stages: { Won: { stage: 'won' as never } }, files: { ...mapping.files, opportunities: { ...mapping.files.opportunities!, columns: { ...columns, colour: 'x' } } } };
    expect(faultsOf(wrong)).toEqual([
      'currency: an ISO 4217 code',
      expect.stringContaining('stages.Won'),
      'files.opportunities.columns.colour: is not a field of opportunities',
      'files.opportunities.columns.account: is needed',
    ]);
  });
  it('that is not there is one sentence', () => expect(readMapping('/no/such/mapping.json')).rejects.toThrow('the mapping /no/such/mapping.json cannot be read'));
});
