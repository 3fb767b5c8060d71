import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'csv-stringify/sync';
import { Failure } from '../failure.js';
import { COLUMNS, type Column, type Entity, type Referred } from './entities.js';
import { type FileMapping, type Header, type Mapping, readMapping } from './mapping.js';

const BUNDLED = new URL('../../mappings/', import.meta.url);

/** A mapping that comes with Keyfold. */
export async function bundledMapping(format: string): Promise<Mapping> {
  const formats = await formatNames();
  if (!formats.includes(format)) throw new Failure(`there is no format ${format}; there are ${formats.join(', ')}.`);
  return readMapping(fileURLToPath(new URL(`${format}.json`, BUNDLED)));
}

export const formatNames = async (): Promise<string[]> => (await readdir(BUNDLED)).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -5)).sort();

interface FormatColumn {
  readonly name: string;
  /** What it may be called as well. */
  readonly also: readonly string[];
  readonly needed: boolean;
  readonly takes: string;
}

export interface FormatFile {
  readonly format: string;
  readonly entity: Entity;
  readonly file: string;
  readonly columns: readonly FormatColumn[];
}

/** The files of a format and their columns. */
export function filesOf(format: string, mapping: Mapping): FormatFile[] {
  return entriesOf(mapping).map(([entity, file]) => ({
    format,
    entity,
    file: file.file,
    columns: [
      { ...called(file.key), needed: true, takes: 'what tells the row from others in the source, the same in every export' },
      ...Object.entries(file.columns).map(([field, header]) => ({ ...called(header), needed: COLUMNS[entity][field]!.needed === true, takes: takesOf(COLUMNS[entity][field]!) })),
    ],
  }));
}

/** The files of a format with a row each as it could be. */
export function templatesOf(mapping: Mapping): { readonly file: string; readonly csv: string }[] {
  return entriesOf(mapping).map(([, { file, key, columns, example = {} }]) => {
    const all: [string, Header][] = [['key', key], ...Object.entries(columns)];
    const header = all.map(([, names]) => called(names).name);
    return { file, csv: stringify([header, ...(Object.keys(example).length > 0 ? [all.map(([field]) => example[field] ?? '')] : [])]) };
  });
}

export const formatText = (files: readonly FormatFile[]): string =>
  files
    .map(({ format, file, columns }) => [`${format}: ${file}`, ...columns.map(({ name, also, needed, takes }) => `  ${needed ? '*' : ' '} ${name.padEnd(18)} ${takes}${also.length > 0 ? ` (also ${also.join(', ')})` : ''}`)].join('\n'))
    .join('\n\n')
    .concat('\n\n* is needed. Comma or semicolon, UTF-8. A template: keyfold import template <format>');

const entriesOf = (mapping: Mapping) => Object.entries(mapping.files) as [Entity, FileMapping][];

function called(header: Header): { name: string; also: readonly string[] } {
  const [name = '', ...also] = [header].flat();
  return { name, also };
}

const TAKES: Readonly<Record<Column['takes'], string>> = {
  text: 'text',
  date: 'YYYY-MM-DD',
  amount: 'an amount, 1054.50',
  number: 'a number, 1054.5',
  code: 'one of',
  codes: 'any of',
  instant: 'YYYY-MM-DD hh:mm, or with an offset as in 2026-03-05T10:30:00+01:00',
  zone: 'an IANA time zone such as Europe/Paris; the reporting time zone when empty',
  reference: '',
  references: 'several, separated by | :',
  key: 'a key in the source',
  keys: 'several keys in the source, separated by |',
  currency: 'an ISO 4217 code such as EUR',
};

const WHOM: Readonly<Record<Referred, string>> = {
  accounts: 'an account by its key in the source, its id or its name, if only one has it',
  members: 'members of ours by their key in the source, id or name, if only one has it',
  stakeholders: "people at the client by their key in the source or their id",
};

const takesOf = ({ takes, of, to }: Column): string => [TAKES[takes], of?.join(', ') ?? (to && WHOM[to])].filter(Boolean).join(' ');
