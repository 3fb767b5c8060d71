import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '../failure.js';
import { readRows, type RowOrFault } from './read-file.js';

const mapping = { file: 'deals.csv', key: 'id', columns: { stage: 'Stage', offering: 'Product' } };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyfold-read-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rows(text: string | Buffer, aliases = {}): Promise<RowOrFault[]> {
  const path = join(folder, 'deals.csv');
  await writeFile(path, text);
  return Array.fromAsync(readRows(path, ',', mapping, aliases));
}
const said = (entries: RowOrFault[]) => entries.map((entry) => ('row' in entry ? `${entry.row.line} ${entry.row.key} ${entry.row.field('stage')} ${entry.row.field('offering')}` : `${entry.line} ${entry.fault}`));

describe('the rows of a file', () => {
  it('carry their line, their key and their mapped fields', async () => expect(said(await rows('id,Stage,Product\nA,Won,GTX\nB,Lost,MG\n'))).toEqual(['2 A Won GTX', '3 B Lost MG']));
  it('read the same with a byte order mark and Windows line ends', async () => expect(said(await rows('\ufeffid,Stage,Product\r\nA,Won,GTX\r\n'))).toEqual(['2 A Won GTX']));
  it('may hold quotes, commas and line breaks', async () => expect(said(await rows('id,Stage,Product\n"A","Won, really","a\nb"\nB,Lost,MG\n'))).toEqual(['3 A Won, really a\nb', '4 B Lost MG']));
  it('mean what the aliases say', async () => expect(said(await rows('id,Stage,Product\nA,Won,GTXPro\n', { offering: { GTXPro: 'GTX Pro' } }))).toEqual(['2 A Won GTX Pro']));
  it('with too few or too many cells are wrong, and the others go on', async () =>
    expect(said(await rows('id,Stage,Product\nA,Won\nB,Lost,MG,x\nC,Won,MG\n'))).toEqual(['2 2 cells where the header has 3', '3 4 cells where the header has 3', '4 C Won MG']));
  it('without a key, or with one seen before, are wrong', async () =>
    expect(said(await rows('id,Stage,Product\n,Won,MG\nA,Won,MG\nA,Lost,MG\n'))).toEqual(['2 id is empty', '3 A Won MG', '4 id A stands on line 3 already']));
});

describe('a file that cannot be read is one sentence', () => {
  it.each([
    ['empty', '', 'is empty'],
    ['without a mapped column', 'id,Stage\nA,Won\n', 'the column Product is missing'],
    ['with a column twice', 'id,Stage,Product,Stage\n', 'the column Stage is there twice'],
    ['with an unclosed quote', 'id,Stage,Product\nA,"Won,MG\n', 'cannot be read as CSV'],
  ])('%s', async (_what, text, sentence) => {
    const failure = await rows(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).message).toContain(sentence);
  });
  it('with a header only has no rows', async () => expect(await rows('id,Stage,Product\n')).toEqual([]));
});
