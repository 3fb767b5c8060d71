// The journal of a client: what it asked for and what it was told, on disk before it acts on it. After a run the journal is the truth that the servers are held against.
import { open, readFile } from 'node:fs/promises';

/** Milliseconds since the epoch with fractions; never goes back within a process, so that "answered before the next was asked" can be judged. */
export const instant = () => performance.timeOrigin + performance.now();

/**
 * An append-only file of JSON lines, fsynced before `write` resolves. An entry is
 * - `{ kind: 'invoke', at, command, service, stream }`: about to be asked;
 * - `{ kind: 'ok', at, command, version, events }`: acknowledged, with the version of the stream and how many events it made;
 * - `{ kind: 'fail', at, command, status, code }`: refused, so nothing may have come of it;
 * - `{ kind: 'info', at, command, why }`: the client does not know. Asked again under the same id, until one of the others follows or the run ends;
 * - `{ kind: 'request', at, ms, service, status, error, settled }`: one HTTP request, for the deadlines.
 */
export class Journal {
  #waiting = [];
  /** @type {Promise<void> | null} */
  #writing = null;
  #handle;

  constructor(handle, file) {
    this.#handle = handle;
    this.file = file;
  }

  static async open(file) {
    return new Journal(await open(file, 'a'), file);
  }

  /** Entries that come while the disk is busy share the next write. */
  async write(entries) {
    if (entries.length === 0) return;
    this.#waiting.push(...entries);
    // A write that is under way began without these entries; whichever comes after it has them.
    if (this.#writing) await this.#writing;
    this.#writing ??= this.#flush();
    await this.#writing;
  }

  async #flush() {
    try {
      const lines = this.#waiting.splice(0).map((entry) => `${JSON.stringify(entry)}\n`);
      await this.#handle.appendFile(lines.join(''));
      await this.#handle.datasync();
    } finally {
      this.#writing = null;
    }
  }

  close() {
    return this.#handle.close();
  }
}

/** What a journal says of each command: its last word, and when it was first asked for and finally answered. */
export async function readJournal(file) {
  const commands = new Map();
  const requests = [];
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line === '') continue;
    const entry = JSON.parse(line);
    if (entry.kind === 'request') requests.push(entry);
    else if (entry.kind === 'invoke') commands.set(entry.command, { ...entry, outcome: 'info', invokedAt: entry.at, answeredAt: null });
    else {
      const known = commands.get(entry.command);
      known.outcome = entry.kind;
      known.answeredAt = entry.at;
      if (entry.kind === 'ok') Object.assign(known, { version: entry.version, events: entry.events });
    }
  }
  return { commands, requests };
}
