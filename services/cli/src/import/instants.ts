import { WrongValue } from './values.js';

const LOCAL = /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/;
const ZONED = /^(\d{4}-\d{2}-\d{2})[T ](([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?) ?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const DAY_MS = 86_400_000;

/** `2026-03-05T10:30:00+01:00`, or `2026-03-05 10:30` on the clocks of a time zone -> RFC 3339 in UTC. A local time that a clock change leaves out, or gives twice, is wrong. */
export function instantOf(column: string, text: string, zone: string): string {
  const [, day, time, , offset] = ZONED.exec(text) ?? [];
  if (day !== undefined && exists(day)) return new Date(`${day}T${time}${offset}`).toISOString();
  const [, localDay, hour, minute, second = '00'] = LOCAL.exec(text) ?? [];
  if (localDay === undefined || !exists(localDay)) throw new WrongValue(`${column} is not a date and time, YYYY-MM-DD hh:mm or 2026-03-05T10:30:00+01:00: ${text}`, column);
  const instants = instantsOf(Date.parse(`${localDay}T${hour}:${minute}:${second}Z`), zone);
  if (instants.length === 0) throw new WrongValue(`${column}: the clocks of ${zone} never showed ${text}`, column);
  if (instants.length > 1) throw new WrongValue(`${column}: the clocks of ${zone} showed ${text} twice, say the offset as in 2026-10-25T02:30:00+01:00`, column);
  return new Date(instants[0]!).toISOString();
}

const exists = (day: string): boolean => !Number.isNaN(Date.parse(`${day}T00:00:00Z`)) && new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);

/** Instants at which the clocks of a zone show a time; `local` is that time taken for UTC. The offsets of the days around it are all that it can have. */
function instantsOf(local: number, zone: string): number[] {
  const offsets = new Set([offsetAt(local - DAY_MS, zone), offsetAt(local + DAY_MS, zone)]);
  return [...offsets].map((offset) => local - offset).filter((instant) => instant + offsetAt(instant, zone) === local);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetAt(instant: number, zone: string): number {
  const fields: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(instant)) fields[type] = Number(value);
  return Date.UTC(fields['year']!, fields['month']! - 1, fields['day']!, fields['hour']!, fields['minute']!, fields['second']!) - Math.floor(instant / 1_000) * 1_000;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  formats.set(zone, format);
  return format;
}

/** Throws nothing: whether an IANA time zone is called so. */
export function isZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}
