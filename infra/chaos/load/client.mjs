// One HTTP client: sends commands, alone or in bulk, and says of each what it was told. It never repeats anything by itself.
import { Agent, request as httpRequest } from 'node:http';

/** No answer for so long is a hang: the services promise 2xx, 4xx or 503 within the command deadline. */
export const HANG_MS = 30_000;

export class Client {
  #agent;

  /** `keepAlive: false` opens a connection per request, as a client does that a balancer sends elsewhere. */
  constructor({ urls, token, keepAlive = true }) {
    this.urls = urls;
    this.token = token;
    this.#agent = new Agent({ keepAlive, maxSockets: 64 });
  }

  /**
   * Sends commands to one service: `{ results, answered }`, a result per command:
   * `{ kind: 'ok', version, events }`, `{ kind: 'fail', status, code }`, or `{ kind: 'info', why, status }` where the outcome is not known.
   * `hangUpAfterMs` closes the connection without waiting for the answer.
   */
  async send(commands, { hangUpAfterMs } = {}) {
    const [first] = commands;
    const alone = commands.length === 1 && first.command !== null;
    const body = alone ? JSON.stringify(first.body) : commands.map(lineOf).join('\n');
    const path = alone ? `/api/${first.service}/${first.aggregate}/${first.id}/${first.command}` : `/api/${first.service}/bulk`;
    const headers = {
      'content-type': alone ? 'application/json' : 'application/x-ndjson',
      ...(alone && { 'idempotency-key': first.commandId }),
    };
    const answer = await this.request(first.service, { method: 'POST', path, headers, body, hangUpAfterMs });
    const results = answer.error
      ? commands.map(() => ({ kind: 'info', why: answer.error, status: null }))
      : alone
        ? [single(answer)]
        : bulk(answer, commands.length);
    return { results, answer };
  }

  async get(service, path, token = this.token) {
    const { status, text, error } = await this.request(service, { method: 'GET', path, headers: { authorization: `Bearer ${token}` } });
    if (error || status !== 200) throw new Error(`GET ${path}: ${error ?? status} ${text ?? ''}`);
    return JSON.parse(text);
  }

  async post(service, path, body, token = this.token) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const { status, text, error } = await this.request(service, { method: 'POST', path, headers, body: JSON.stringify(body) });
    if (error || status >= 300) throw new Error(`POST ${path}: ${error ?? status} ${text ?? ''}`);
    return JSON.parse(text);
  }

  /** `{ status, text, ms }`, or `{ error, connected, ms }`. Never rejects. */
  request(service, { method, path, headers, body, hangUpAfterMs }) {
    const begun = performance.now();
    const url = new URL(path, this.urls[service]);
    return new Promise((resolve) => {
      let connected = false;
      const end = (answer) => {
        clearTimeout(hang);
        clearTimeout(hangUp);
        resolve({ ...answer, connected, ms: performance.now() - begun });
      };
      const asked = httpRequest(
        url,
        { method, agent: this.#agent, headers: { authorization: `Bearer ${this.token}`, ...headers } },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (piece) => (text += piece));
          response.on('end', () => end({ status: response.statusCode, text }));
          response.on('error', (error) => end({ error: error.code ?? error.message }));
        },
      );
      asked.on('socket', (socket) => {
        if (socket.connecting) socket.once('connect', () => (connected = true));
        else connected = true;
      });
      asked.on('error', (error) => end({ error: error.code ?? error.message }));
      const hang = setTimeout(() => asked.destroy(new Error('HANG')), HANG_MS);
      const hangUp = hangUpAfterMs === undefined ? undefined : setTimeout(() => asked.destroy(new Error('HUNG UP')), hangUpAfterMs);
      asked.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

const lineOf = ({ aggregate, command, id, commandId, body }) => JSON.stringify({ aggregate, command, id, commandId, body });

const single = ({ status, text }) => {
  const body = parsed(text);
  return resultOf(status, status < 300 ? { version: body?.version, events: 1 } : { code: body?.code });
};

function bulk({ status, text }, count) {
  if (status !== 200) return Array.from({ length: count }, () => resultOf(status, { code: parsed(text)?.code }));
  const lines = text.trim().split('\n').map(parsed);
  return Array.from({ length: count }, (_, i) => {
    const line = lines[i];
    if (!line) return { kind: 'info', why: 'the answer ended early', status };
    return resultOf(line.status, line.status < 300 ? { version: line.version, events: line.events.length } : { code: line.problem?.code });
  });
}

/** What may be repeated is not known yet: 409 lost a race, 429 and 503 were not served. */
const RETRIED = new Set([409, 429, 503]);

function resultOf(status, { version, events, code }) {
  if (status < 300) return { kind: 'ok', version, events };
  if (status < 500 && !RETRIED.has(status)) return { kind: 'fail', status, code };
  return { kind: 'info', why: code ?? String(status), status };
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
