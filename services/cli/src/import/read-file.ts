import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { parse } from 'csv-parse';
import { Failure } from '../failure.js';
import type { FileMapping } from './mapping.js';

/** One row of a file: `field` gives a mapped field, trimmed, with aliases applied; '' where the cell is empty or not mapped. */
export interface SourceRow {
  readonly line: number;
  readonly key: string;
  /** The cells as they stand in the file, for the rejects file. */
  readonly cells: readonly string[];
  field(name: string): string;
}

export type RowOrFault = { readonly row: SourceRow } | { readonly line: number; readonly cells: readonly string[]; readonly fault: string };

const MAX_CELL = 100_000;

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** The header of a file. Throws a Failure for a file without one, or without a column that the mapping names. */
export async function readHeader(path: string, delimiter: string, mapping: FileMapping): Promise<string[]> {
  for await (const record of open(path, delimiter)) {
    const header = record.record;
    const duplicates = header.filter((name, i) => header.indexOf(name) !== i);
    if (duplicates.length > 0) throw new Failure(`${basename(path)}: the column ${duplicates[0]} is there twice.`);
    const missing = [mapping.key, ...Object.values(mapping.columns)].filter((name) => !header.includes(name));
    if (missing.length > 0) throw new Failure(`${basename(path)}: the column ${missing[0]} is missing; there are ${header.join(', ')}.`);
    return header;
  }
  throw new Failure(`${basename(path)} is empty.`);
}

/** The rows of a file, streamed. A row with too few or too many cells, or without a key, or with a key seen before, is a fault with its line. */
export async function* readRows(path: string, delimiter: string, mapping: FileMapping, aliases: Readonly<Record<string, Readonly<Record<string, string>>>>): AsyncGenerator<RowOrFault> {
  const header = await readHeader(path, delimiter, mapping);
  const place = new Map(header.map((name, i) => [name, i]));
  const keyAt = place.get(mapping.key)!;
  const seen = new Map<string, number>();
  let first = true;
  for await (const { record: cells, line } of open(path, delimiter)) {
    if (first) {
      first = false;
      continue;
    }
    const key = (cells[keyAt] ?? '').trim();
    const fault =
      cells.length !== header.length
        ? `${cells.length} cells where the header has ${header.length}`
        : key === ''
          ? `${mapping.key} is empty`
          : seen.has(key)
            ? `${mapping.key} ${key} stands on line ${seen.get(key)} already`
            : null;
    if (fault) {
      yield { line, cells, fault };
      continue;
    }
    seen.set(key, line);
    const field = (name: string): string => {
      const at = place.get(mapping.columns[name] ?? '');
      const text = at === undefined ? '' : cells[at]!.trim();
      return aliases[name]?.[text] ?? text;
    };
    yield { row: { line, key, cells, field } };
  }
}

async function* open(path: string, delimiter: string): AsyncGenerator<{ record: string[]; line: number }> {
  const parser = createReadStream(path).pipe(
    parse({ delimiter, bom: true, relax_column_count: true, skip_empty_lines: true, info: true, max_record_size: MAX_CELL }),
  );
  try {
    for await (const entry of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) yield { record: entry.record, line: entry.info.lines };
  } catch (error) {
    throw new Failure(`${basename(path)} cannot be read as CSV: ${(error as Error).message}`);
  }
}
