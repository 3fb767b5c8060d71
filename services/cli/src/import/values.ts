/** A cell that does not say what its column should; becomes the reason of a wrong row. */
export class WrongValue extends Error {
  override readonly name = 'WrongValue';
}

export const textOrNull = (text: string): string | null => (text === '' ? null : text);

export function dateOrNull(column: string, text: string): string | null {
  if (text === '') return null;
  const instant = Date.parse(`${text}T00:00:00Z`);
  const valid = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
  if (!valid) throw new WrongValue(`${column} is not a date YYYY-MM-DD: ${text}`);
  return text;
}

export function numberOrNull(column: string, text: string): number | null {
  if (text === '') return null;
  if (!/^-?\d{1,15}(\.\d{1,6})?$/.test(text)) throw new WrongValue(`${column} is not a number: ${text}`);
  return Number(text);
}

/** `1054` or `1054.50` in the unit of the currency -> minor units, exactly, without a float. */
export function minorOrNull(column: string, text: string, currency: string): number | null {
  if (text === '') return null;
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.slice(digits).replace(/0/g, '') !== '') throw new WrongValue(`${column} is not an amount in ${currency}: ${text}`);
  return Number(whole + fraction.slice(0, digits).padEnd(digits, '0'));
}
