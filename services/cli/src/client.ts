import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from './failure.js';

/** One command of a bulk request. */
export interface BulkCommand {
  readonly aggregate: string;
  readonly command: string | null;
  readonly id: string;
  readonly commandId?: string;
  readonly body: object;
}

export interface BulkResult {
  readonly status: number;
  readonly version?: number;
  /** Types of the events appended, or that would be; empty when there was nothing to do. */
  readonly events?: readonly string[];
  readonly problem?: { readonly code: string; readonly title: string; readonly errors?: readonly { readonly pointer: string; readonly message: string }[] };
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
  readonly stale: boolean;
}

const TIMEOUT_MS = 60_000;
const ATTEMPTS = 6;

/** Talks HTTP to a running Keyfold, the same against a laptop and a cluster. Outages are retried for about half a minute, then fail with one sentence. */
export class KeyfoldClient {
  private constructor(
    private readonly url: string,
    readonly token: string,
  ) {}

  /** With a token as given; without one, on a loopback address, with the demo identity found there. */
  static async connect(url: string, token: string | undefined, user = 'director'): Promise<KeyfoldClient> {
    const base = url.replace(/\/+$/, '');
    if (token) return new KeyfoldClient(base, token);
    if (!isLoopback(base)) throw new Failure(`${base} is not on this machine: give a token with --token or KEYFOLD_TOKEN.`);
    const response = await request(`${base}/auth/demo-token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ user }) }, base);
    if (!response.ok) throw new Failure(`${base} has no demo identity (${response.status}): give a token with --token or KEYFOLD_TOKEN.`);
    return new KeyfoldClient(base, ((await response.json()) as { token: string }).token);
  }

  /** Claims of the token, unverified: the server verifies them. */
  get claims(): { readonly sub?: string; readonly member?: string; readonly roles?: readonly string[] } {
    try {
      return JSON.parse(Buffer.from(this.token.split('.')[1] ?? '', 'base64url').toString()) as object;
    } catch {
      return {};
    }
  }

  async get<Result>(path: string): Promise<Result> {
    return (await this.call(path, {})).json() as Promise<Result>;
  }

  /** Whether there is something at a path that the caller may see. */
  async has(path: string): Promise<boolean> {
    const response = await this.send(path, {});
    if (response.status !== 404) await accepted(response, path);
    await response.body?.cancel();
    return response.ok;
  }

  async post<Result>(path: string, body: object): Promise<Result> {
    return (await this.call(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).json() as Promise<Result>;
  }

  /** Every row of a list, page after page. */
  async *rows<Row>(path: string): AsyncGenerator<Row> {
    const join = path.includes('?') ? '&' : '?';
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: Page<Row> = await this.get(`${path}${join}limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      yield* page.items;
      cursor = page.next;
    }
  }

  /** At most 500 commands; a result for each, in order. Those that the server is too busy for are said again: each carries its command id, or changes nothing when said twice. */
  async bulk(service: string, commands: readonly BulkCommand[], dryRun: boolean): Promise<BulkResult[]> {
    const results = await this.bulkOnce(service, commands, dryRun);
    for (let attempt = 1; attempt < ATTEMPTS; attempt++) {
      const busy = results.flatMap(({ status }, i) => (status === 503 || status === 409 ? [i] : []));
      if (busy.length === 0) return results;
      await pauseBefore(attempt);
      const again = await this.bulkOnce(service, busy.map((i) => commands[i]!), dryRun);
      busy.forEach((i, nth) => (results[i] = again[nth]!));
    }
    const { problem } = results.find(({ status }) => status === 503) ?? {};
    if (problem) throw new Failure(`Keyfold is too busy or a part of it is down: ${problem.title} What was done is kept; run the command again to go on.`);
    return results;
  }

  private async bulkOnce(service: string, commands: readonly BulkCommand[], dryRun: boolean): Promise<BulkResult[]> {
    const body = commands.map((command) => JSON.stringify(command)).join('\n');
    const response = await this.call(`/api/${service}/bulk${dryRun ? '?dryRun=true' : ''}`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body });
    const results = (await response.text()).split('\n').filter(Boolean).map((line) => JSON.parse(line) as BulkResult);
    if (results.length !== commands.length) throw new Failure(`the answer to a bulk request has ${results.length} results for ${commands.length} commands.`);
    return results;
  }

  private async call(path: string, init: RequestInit): Promise<Response> {
    return accepted(await this.send(path, init), path, init.method);
  }

  private send(path: string, init: RequestInit): Promise<Response> {
    const headers = { ...(init.headers as Record<string, string>), authorization: `Bearer ${this.token}` };
    return request(`${this.url}${path}`, { ...init, headers }, this.url);
  }
}

async function accepted(response: Response, path: string, method = 'GET'): Promise<Response> {
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { title?: string; code?: string };
  throw new Failure(`${method} ${path.split('?')[0]!} was refused: ${problem.title ?? response.statusText} (${problem.code ?? response.status}).`);
}

async function request(url: string, init: RequestInit, base: string): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => error as Error);
    const answered = response instanceof Response;
    if (answered && response.status !== 503 && response.status !== 502) return response;
    if (attempt === ATTEMPTS || (!answered && isRefused(response) && attempt === 2)) {
      if (answered) return response;
      throw new Failure(`Keyfold does not answer at ${base}: start it with "npm start", or name another address with --url.`);
    }
    await pauseBefore(attempt);
  }
}

const pauseBefore = (attempt: number): Promise<void> => wait(250 * 2 ** attempt);

const isRefused = (error: Error): boolean => (error.cause as { code?: string } | undefined)?.code === 'ECONNREFUSED';

function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
}
