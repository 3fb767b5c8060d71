import type { KeyfoldClient } from './client.js';
import { Failure } from './failure.js';
import { Progress } from './progress.js';
import { servicesOf } from './services.js';

export interface Letter {
  readonly service: string;
  readonly projection: string;
  readonly streamId: string;
  readonly version: number;
  readonly kind: string;
  readonly cause: string;
  readonly parkedAt: string;
  readonly type: string | null;
}

interface LetterPage {
  readonly items: readonly Omit<Letter, 'service'>[];
  readonly next: string | null;
}

export interface LetterFilter {
  readonly projection?: string;
  readonly kind?: string;
}

const PAGE = 200;

/** The first `limit` dead letters, and whether there are more. */
export async function listLetters(client: KeyfoldClient, service: string | undefined, filter: LetterFilter, limit: number): Promise<{ items: Letter[]; more: boolean }> {
  const items: Letter[] = [];
  for (const name of servicesOf(service))
    for await (const letter of letters(client, name, filter)) {
      if (items.length === limit) return { items, more: true };
      items.push(letter);
    }
  return { items, more: false };
}

async function* letters(client: KeyfoldClient, service: string, filter: LetterFilter): AsyncGenerator<Letter> {
  const query = new URLSearchParams({ limit: String(PAGE), ...filter });
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: LetterPage = await client.get(`/ops/${service}/dead-letters?${query.toString()}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    for (const item of page.items) yield { service, ...item };
    cursor = page.next;
  }
}

export const letterText = ({ service, projection, streamId, version, kind, cause, parkedAt, type }: Letter): string =>
  `${parkedAt}  ${service} ${projection} ${streamId} ${version}  ${kind}${type ? `  ${type}` : ''}  ${cause}`;

export function showLetter(client: KeyfoldClient, place: { service: string; projection: string; stream: string; version: string }): Promise<object> {
  const [service] = servicesOf(place.service);
  return client.get<object>(`/ops/${service}/dead-letters/${[place.projection, place.stream, place.version].map(encodeURIComponent).join('/')}`);
}

export interface QueueRetried {
  readonly service: string;
  readonly projection: string;
  readonly streamId: string;
  readonly applied: number;
  readonly left: number;
  readonly cause: string | null;
}

/** Applies the queues again, each up to its first event that still fails: those of one stream, of one projection, of a service, or all. */
export async function retryLetters(client: KeyfoldClient, of: { service?: string; projection?: string; stream?: string }, quiet: boolean): Promise<QueueRetried[]> {
  const queues = new Map<string, Pick<Letter, 'service' | 'projection' | 'streamId'>>();
  if (of.service && of.projection && of.stream) queues.set('', { service: servicesOf(of.service)[0]!, projection: of.projection, streamId: of.stream });
  else
    for (const service of servicesOf(of.service))
      for await (const { projection, streamId } of letters(client, service, { ...(of.projection && { projection: of.projection }) })) queues.set(`${service} ${projection} ${streamId}`, { service, projection, streamId });
  const progress = new Progress('queues', queues.size, quiet);
  const results: QueueRetried[] = [];
  for (const { service, projection, streamId } of queues.values()) {
    const result = await client.post<Omit<QueueRetried, 'service' | 'projection' | 'streamId'>>(`/ops/${service}/dead-letters/retry`, { projection, streamId });
    results.push({ service, projection, streamId, ...result });
    progress.add(1);
  }
  return results;
}

export const retriedText = ({ service, projection, streamId, applied, left, cause }: QueueRetried): string =>
  `${service} ${projection} ${streamId}: ${applied} applied${left > 0 ? `, ${left} left: ${cause ?? 'see the list'}` : ', none left'}`;

/** Passes over the event at the head of a queue, for good. Those behind it stay: retry them. */
export function discardLetter(client: KeyfoldClient, place: { service: string; projection: string; stream: string; version: string }, reason: string): Promise<{ left: number }> {
  if (!/^\d{1,9}$/.test(place.version)) throw new Failure(`${place.version} is not a version.`);
  const [service] = servicesOf(place.service);
  return client.post(`/ops/${service}/dead-letters/discard`, { projection: place.projection, streamId: place.stream, version: Number(place.version), reason });
}
