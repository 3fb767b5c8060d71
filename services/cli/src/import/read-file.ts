import { createReadStream } from 'node:fs';
import { open as openFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { Failure } from '../failure.js';
import { COLUMNS, type Entity } from './entities.js';
import type { FileMapping, Header, Mapping } from './mapping.js';

/** One row of a file: `field` gives a mapped field, trimmed, with aliases applied; '' where the cell is empty or not mapped. */
export interface SourceRow {
  readonly line: number;
  readonly key: string;
  /** The cells as they stand in the file, for the rejects file. */
  readonly cells: readonly string[];
  field(name: string): string;
  /** What one cell lists, each once: separated by bars or semicolons, and by commas too where names cannot have one. */
  items(name: string, separators?: RegExp): string[];
  /** What the column of a field is called in the file. */
  column(name: string): string;
}

export type RowOrFault = { readonly row: SourceRow } | { readonly line: number; readonly cells: readonly string[]; readonly fault: string };

/** A file of an export, and how to read it. */
export interface SourceFile {
  readonly path: string;
  readonly delimiter: string;
  readonly entity: Entity;
  readonly mapping: FileMapping;
  readonly aliases: Mapping['aliases'];
}

const MAX_CELL = 100_000;
export const MAX_FILE_BYTES = 500_000_000;

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

const DELIMITERS = [',', ';', '\t'];
const BEGINNING = 65_536;

/** The delimiter that stands most often in the first line, outside quotes; a comma where there is none. */
export async function delimiterOf(path: string): Promise<string> {
  const file = await openFile(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BEGINNING), 0, BEGINNING, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).replaceAll(/"[^"]*"/g, '').split(/\r\n|\n|\r/, 1);
    const times = (delimiter: string): number => line.split(delimiter).length;
    return DELIMITERS.reduce((best, delimiter) => (times(delimiter) > times(best) ? delimiter : best));
  } finally {
    await file.close();
  }
}

/** The header of a file, and where its fields are. Throws a Failure for a file without one, or whose columns are not what the mapping says. */
export async function readHeader({ path, delimiter, entity, mapping }: SourceFile): Promise<{ readonly header: readonly string[]; readonly keyAt: number; readonly place: ReadonlyMap<string, number> }> {
  for await (const { record } of open(path, delimiter)) {
    const header = record.map((name) => name.trim());
    const duplicates = header.filter((name, i) => header.indexOf(name) !== i);
    if (duplicates.length > 0) throw new Failure(`${basename(path)}: the column ${duplicates[0]} is there twice.`);
    const columns: [string, Header][] = [['', mapping.key], ...Object.entries(mapping.columns)];
    const place = new Map<string, number>();
    for (const [field, names] of columns) {
      const at = placeOf(header, names);
      const optional = mapping.closed === true && field !== '' && !COLUMNS[entity][field]?.needed;
      if (at === -1 && !optional) throw new Failure(`${basename(path)}: the column ${[names].flat()[0]} is missing; there are ${header.join(', ')}.`);
      if (at !== -1) place.set(field, at);
    }
    const known = new Set(place.values());
    const strange = mapping.closed ? header.filter((_name, at) => !known.has(at)) : [];
    if (strange.length > 0) throw new Failure(`${basename(path)}: there is no column ${strange[0] || '(without a name)'}; there may be ${columns.map(([, names]) => [names].flat()[0]).join(', ')}.`);
    return { header: record, keyAt: place.get('')!, place };
  }
  throw new Failure(`${basename(path)} is empty.`);
}

function placeOf(header: readonly string[], names: Header): number {
  const wanted = [names].flat().map((name) => name.toLowerCase());
  return header.findIndex((name) => wanted.includes(name.toLowerCase()));
}

/** The rows of a file, streamed. A row with too few or too many cells, or without a key, or with a key seen before, is a fault with its line. */
export async function* readRows(file: SourceFile): AsyncGenerator<RowOrFault> {
  const { header, keyAt, place } = await readHeader(file);
  const seen = new Map<string, number>();
  let first = true;
  for await (const { record: cells, line } of open(file.path, file.delimiter)) {
    if (first) {
      first = false;
      continue;
    }
    const key = (cells[keyAt] ?? '').trim();
    const fault = faultOf(key, cells, { header, keyAt, seen });
    if (fault) {
      yield { line, cells, fault };
      continue;
    }
    seen.set(key, line);
    yield { row: rowOf({ line, key, cells }, header, place, file.aliases) };
  }
}

function faultOf(key: string, cells: readonly string[], { header, keyAt, seen }: { header: readonly string[]; keyAt: number; seen: ReadonlyMap<string, number> }): string | null {
  const name = header[keyAt]!.trim();
  if (cells.length !== header.length) return `${cells.length} cells where the header has ${header.length}`;
  if (key === '') return `${name} is empty`;
  return seen.has(key) ? `${name} ${key} stands on line ${seen.get(key)} already` : null;
}

function rowOf(raw: Pick<SourceRow, 'line' | 'key' | 'cells'>, header: readonly string[], place: ReadonlyMap<string, number>, aliases: Mapping['aliases']): SourceRow {
  const meant = (name: string, text: string): string => {
    const own = Object.hasOwn(aliases, name) ? aliases[name]! : {};
    const said = [text, text.toLowerCase()].find((word) => Object.hasOwn(own, word));
    return said === undefined ? text : own[said]!;
  };
  const cell = (name: string): string => {
    const at = place.get(name);
    return at === undefined ? '' : raw.cells[at]!.trim();
  };
  return {
    ...raw,
    field: (name) => meant(name, cell(name)),
    items: (name, separators = /[;|]/) => [...new Set(cell(name).split(separators).map((item) => meant(name, item.trim())).filter(Boolean))],
    column: (name) => header[place.get(name) ?? -1]?.trim() ?? name,
  };
}

/** UTF-8 with or without a byte order mark, and nothing else: a text in another encoding would be imported wrong without a word. */
async function* decoded(path: string): AsyncGenerator<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? utf8.decode(bytes, { stream: true }) : utf8.decode();
    } catch {
      throw new Failure(`${basename(path)} is not UTF-8: save it again as "CSV UTF-8".`);
    }
  };
  for await (const bytes of createReadStream(path)) yield decode(bytes as Buffer);
  yield decode();
}

async function* open(path: string, delimiter: string): AsyncGenerator<{ record: string[]; line: number }> {
  const parser = parse({ delimiter, relax_column_count: true, skip_empty_lines: true, info: true, max_record_size: MAX_CELL });
  const text = Readable.from(decoded(path));
  text.on('error', (error) => parser.destroy(error));
  try {
    for await (const entry of text.pipe(parser) as AsyncIterable<{ record: string[]; info: { lines: number } }>) yield { record: entry.record, line: entry.info.lines };
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(`${basename(path)} cannot be read as CSV: ${(error as Error).message}`);
  } finally {
    text.destroy();
  }
}
