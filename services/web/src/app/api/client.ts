import { session } from '../session/session.js';

export interface FieldError {
  readonly pointer: string;
  readonly code: string;
  readonly message: string;
}

interface ProblemBody {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];
}

/** A refusal of the server (RFC 9457). `title` is in the language asked for; `code` and `params` let the screen say it in its own words. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly errors: readonly FieldError[];

  constructor({ status, code, title, params, errors }: ProblemBody) {
    super(title);
    this.status = status;
    this.code = code;
    this.title = title;
    this.params = params;
    this.errors = errors;
  }
}

export interface Written {
  readonly id: string;
  readonly version: number;
}

export type Query = Readonly<Record<string, string | number | null | undefined>>;

const DEADLINE_MS = 20_000;
const STREAMS: Readonly<Record<string, string>> = { 'key-accounts': 'account', opportunities: 'opp', incidents: 'incident', tasks: 'task' };
const REMEMBERED_MS = 60_000;
const REMEMBERED = 20;

let language = 'en';
export function speak(next: string): void {
  language = next;
}

/** The own writes of the last minute, by stream: every query names them, so that its answer is never older than what was just done. */
const writes = new Map<string, { version: number; until: number }>();

function remember(path: string, written: Written): void {
  const stream = `${STREAMS[path.split('/')[3] ?? ''] ?? 'unknown'}-${written.id}`;
  writes.delete(stream);
  writes.set(stream, { version: written.version, until: Date.now() + REMEMBERED_MS });
  const oldest = writes.size > REMEMBERED ? writes.keys().next().value : undefined;
  if (oldest !== undefined) writes.delete(oldest);
}

function after(): string | undefined {
  for (const [stream, { until }] of writes) if (until < Date.now()) writes.delete(stream);
  return writes.size === 0 ? undefined : [...writes].map(([stream, { version }]) => `${stream}:${version}`).join(',');
}

export function get<Answer>(path: string, query: Query = {}, signal?: AbortSignal): Promise<Answer> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, after: after() })) if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  return send<Answer>(search.size > 0 ? `${path}?${search}` : path, { signal });
}

/** Sends a command. The key makes a retry safe: the same key is done once, whatever the network did. */
export async function command(path: string, body: object, options: { key: string; version?: number }): Promise<Written> {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'idempotency-key': options.key };
  if (options.version !== undefined) headers['if-match'] = `"${options.version}"`;
  const written = await send<Written>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  remember(path, written);
  return written;
}

export interface DemoPerson {
  readonly user: string;
  readonly name: string;
  readonly role: string;
  readonly memberId: string | null;
}

export const demoPeople = (): Promise<readonly DemoPerson[]> => send('/auth/demo-people', {});

export const demoToken = (user: string): Promise<{ token: string }> =>
  send('/auth/demo-token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) });

async function send<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const token = session.current()?.token;
  const headers = { accept: 'application/json', 'accept-language': language, ...(token ? { authorization: `Bearer ${token}` } : {}), ...init.headers };
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const response = await fetch(path, { ...init, headers, signal: init.signal ? AbortSignal.any([init.signal, deadline]) : deadline });
  if (response.ok && response.headers.get('content-type')?.includes('json')) return (await response.json()) as Answer;
  const problem = await problemOf(response);
  if (problem.status === 401 && token) session.expire();
  throw problem;
}

async function problemOf(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<ProblemBody>;
  const status = response.ok ? 502 : response.status;
  return new Problem({ code: `http-${status}`, title: response.statusText, params: {}, errors: [], ...body, status });
}

/** A random UUID; works on plain-HTTP origins too, where crypto.randomUUID does not exist. */
export function newKey(): string {
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte, index) => {
    const versioned = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte;
    return versioned.toString(16).padStart(2, '0');
  }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
