import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Failure } from '../failure.js';
import type { FileMapping } from './mapping.js';
import { delimiterOf, readRows, type RowOrFault } from './read-file.js';

const mapping: FileMapping = { file: 'deals.csv', key: 'id', columns: { stage: 'Stage', offering: 'Product' } };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyfold-read-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rows(text: string | Buffer, aliases = {}, own: Partial<FileMapping> = {}): Promise<RowOrFault[]> {
  const path = join(folder, 'deals.csv');
  await writeFile(path, text);
  return Array.fromAsync(readRows({ path, delimiter: await delimiterOf(path), entity: 'opportunities', mapping: { ...mapping, ...own }, aliases }));
}
const said = (entries: RowOrFault[]) => entries.map((entry) => ('row' in entry ? `${entry.row.line} ${entry.row.key} ${entry.row.field('stage')} ${entry.row.field('offering')}` : `${entry.line} ${entry.fault}`));

describe('the rows of a file', () => {
  it('carry their line, their key and their mapped fields', async () => expect(said(await rows('id,Stage,Product\nA,Won,GTX\nB,Lost,MG\n'))).toEqual(['2 A Won GTX', '3 B Lost MG']));
  it('read the same with a byte order mark and Windows line ends', async () => expect(said(await rows('\ufeffid,Stage,Product\r\nA,Won,GTX\r\n'))).toEqual(['2 A Won GTX']));
  it('may hold quotes, commas and line breaks', async () => expect(said(await rows('id,Stage,Product\n"A","Won, really","a\nb"\nB,Lost,MG\n'))).toEqual(['3 A Won, really a\nb', '4 B Lost MG']));
  it('mean what the aliases say', async () => expect(said(await rows('id,Stage,Product\nA,Won,GTXPro\n', { offering: { GTXPro: 'GTX Pro' } }))).toEqual(['2 A Won GTX Pro']));
  it('mean what the aliases say in lower case too, and never what JavaScript says', async () =>
    expect(said(await rows('id,Stage,Product\nA,GAGNÉ,constructor\n', { stage: { gagné: 'Won' }, offering: {} }))).toEqual(['2 A Won constructor']));
  it.each([
    ['commas', 'id,Stage,Product\nA,Won,GTX;1\n'],
    ['semicolons', 'id;Stage;"Product"\nA;Won;"GTX;1"\n'],
    ['tabulators', 'id\tStage\tProduct\nA\tWon\tGTX;1\n'],
  ])('are told apart by %s, as the header is', async (_what, text) => expect(said(await rows(text))).toEqual(['2 A Won GTX;1']));
  it('keep a text as it is, whatever a spreadsheet would make of it', async () => expect(said(await rows('id,Stage,Product\nA,=1+1,@SUM(A1)\n'))).toEqual(['2 A =1+1 @SUM(A1)']));
  it('list several things in one cell, each once', async () => {
    const [entry] = await rows('id,Stage,Product\nA,,"b, a | B;a"\n', { offering: { B: 'b' } });
    expect('row' in entry! && entry.row.items('offering', /[,;|]/)).toEqual(['b', 'a']);
    expect('row' in entry! && entry.row.items('offering')).toEqual(['b, a', 'b', 'a']);
  });
  it('with too few or too many cells are wrong, and the others go on', async () =>
    expect(said(await rows('id,Stage,Product\nA,Won\nB,Lost,MG,x\nC,Won,MG\n'))).toEqual(['2 2 cells where the header has 3', '3 4 cells where the header has 3', '4 C Won MG']));
  it('without a key, or with one seen before, are wrong', async () =>
    expect(said(await rows('id,Stage,Product\n,Won,MG\nA,Won,MG\nA,Lost,MG\n'))).toEqual(['2 id is empty', '3 A Won MG', '4 id A stands on line 3 already']));
});

describe('a file with columns of its own', () => {
  const closed: Partial<FileMapping> = { key: ['id', 'clé'], closed: true, columns: { account: ['Account', 'Compte'], name: ['Name', 'Nom'], stage: 'Stage' } };
  it('may call them by any of their names, in any order', async () => {
    const [entry] = await rows('Nom,COMPTE,Clé\nGTX,Acme,A\n', {}, { ...closed, columns: { account: ['Account', 'Compte'], name: ['Name', 'Nom'] } });
    expect('row' in entry! && [entry.row.key, entry.row.field('account'), entry.row.column('account')]).toEqual(['A', 'Acme', 'COMPTE']);
  });
  it('may lack those that are not needed', async () => expect(await rows('id,Account,Stage\n', {}, closed)).toEqual([]));
  it('may not lack those that are', () => expect(rows('id,Name,Stage\n', {}, closed)).rejects.toThrow('the column Account is missing'));
  it('may not have others, which would be passed over', () => expect(rows('id,Account,Stage,Stgae\n', {}, closed)).rejects.toThrow('there is no column Stgae; there may be id, Account, Name, Stage'));
});

describe('a file that cannot be read is one sentence', () => {
  it('in another encoding than UTF-8', () => expect(rows(Buffer.from('id,Stage,Product\nA,Gagné,MG\n', 'latin1'))).rejects.toThrow('is not UTF-8'));
  it('with an endless cell', () => expect(rows(`id,Stage,Product\nA,${'x'.repeat(200_000)},MG\n`)).rejects.toThrow('cannot be read as CSV'));
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
