import { COLUMNS, type Entity } from './entities.js';
import type { SourceRow } from './read-file.js';

/** A cell that does not say what its column should; becomes the reason of a wrong row. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';

  constructor(
    message: string,
    /** The column at fault, as the file calls it; absent where it is the row as a whole. */
    readonly column: string | null = null,
  ) {
    super(message);
  }
}

export const textOrNull = (text: string): string | null => (text === '' ? null : text);

/** What a cell must say. */
export function needed(row: SourceRow, field: string): string {
  const text = row.field(field);
  if (text === '') throw new WrongValue(`${row.column(field)} is empty`, row.column(field));
  return text;
}

export function dateOrNull(column: string, text: string): string | null {
  if (text === '') return null;
  const instant = Date.parse(`${text}T00:00:00Z`);
  const valid = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
  if (!valid) throw new WrongValue(`${column} is not a date YYYY-MM-DD: ${text}`, column);
  return text;
}

export function numberOrNull(column: string, text: string): number | null {
  if (text === '') return null;
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) throw new WrongValue(`${column} is not a number: ${text}`, column);
  return Number(text);
}

/** `1054` or `1054.50` in the unit of the currency -> minor units, exactly, without a float. */
export function minorOrNull(column: string, text: string, currency: string): number | null {
  if (text === '') return null;
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.slice(digits).replace(/0/g, '') !== '') throw new WrongValue(`${column} is not an amount in ${currency}: ${text}`, column);
  return Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}

/** A number that a row must say. */
export function neededNumber(row: SourceRow, field: string): number {
  return numberOrNull(row.column(field), needed(row, field))!;
}

/** A whole number that is not negative. */
export function wholeOrNull(column: string, text: string): number | null {
  if (text === '') return null;
  if (!/^\d{1,9}$/.test(text)) throw new WrongValue(`${column} is not a whole number: ${text}`, column);
  return Number(text);
}

/** One of the codes of the column, in upper or lower case; a number where the codes are numbers. */
export function codeOrNull(entity: Entity, row: SourceRow, field: string): string | number | null {
  const text = row.field(field);
  return text === '' ? null : code(entity, row, field, text);
}

/** The same, where a row must say it. */
export function neededCode(entity: Entity, row: SourceRow, field: string): string | number {
  needed(row, field);
  return codeOrNull(entity, row, field)!;
}

/** All the codes that a cell lists. */
export const codesOf = (entity: Entity, row: SourceRow, field: string): (string | number)[] => [...new Set(row.items(field, /[,;|]/).map((text) => code(entity, row, field, text)))];

function code(entity: Entity, row: SourceRow, field: string, text: string): string | number {
  const { of = [] } = COLUMNS[entity][field]!;
  const found = of.find((one) => String(one) === text.toLowerCase());
  if (found === undefined) throw new WrongValue(`${row.column(field)} is none of ${of.join(', ')}: ${text}`, row.column(field));
  return found;
}
