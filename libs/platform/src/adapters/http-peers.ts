import { type Feeds, type KeyStore, type PersonKey, type SequencedCommit, Unavailable } from '@keyfold/event-sourcing';
import type { ErasureNotes } from '@keyfold/event-sourcing-nest';

const DEADLINE_MS = 5_000;

export interface Peers {
  /** Base URL of each service. */
  readonly urls: Readonly<Record<string, string>>;
  readonly serviceToken: string;
}

/** Asks a service under `/ops/<service>` with the service credential. Anything but a good answer within the deadline is Unavailable: the caller asks again. */
async function ask(peers: Peers, service: string, path: string): Promise<string> {
  const base = peers.urls[service];
  if (base === undefined) throw new Error(`no URL is known for the service ${service}`);
  try {
    const response = await fetch(`${base}/ops/${service}/${path}`, {
      headers: { authorization: `Bearer ${peers.serviceToken}` },
      signal: AbortSignal.timeout(DEADLINE_MS),
      redirect: 'error',
    });
    const text = await response.text(); // rejects when the answer breaks off, so half a line never passes for a log
    if (!response.ok) throw new Error(`${response.status} ${text.slice(0, 200)}`);
    return text;
  } catch (error) {
    throw new Unavailable(`the service ${service}`, { cause: error });
  }
}

/** The logs of the services over HTTP, as their owners give them. */
export class HttpFeeds implements Feeds {
  constructor(private readonly peers: Peers) {}

  after(service: string, position: number, limit: number): Promise<SequencedCommit[]> {
    return this.commits(service, `feed?after=${position}&limit=${limit}`);
  }

  stream(service: string, streamId: string, afterVersion: number): Promise<SequencedCommit[]> {
    return this.commits(service, `feed?stream=${encodeURIComponent(streamId)}&afterVersion=${afterVersion}`);
  }

  async lastPosition(service: string): Promise<number> {
    return (JSON.parse(await ask(this.peers, service, 'position')) as { position: number }).position;
  }

  private async commits(service: string, path: string): Promise<SequencedCommit[]> {
    const lines = (await ask(this.peers, service, path)).split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as SequencedCommit);
  }
}

/** How a service answers for a key: in base64, and whether there was one that was destroyed. */
export interface PersonKeyAnswer {
  readonly key: string | null;
  readonly destroyed: boolean;
}

/** Keys of persons whom other services own, asked of them one after the other. Never makes a key, never destroys one. */
export class HttpKeyStore implements Pick<KeyStore, 'keyFor'> {
  constructor(
    private readonly peers: Peers,
    private readonly owners: readonly string[],
  ) {}

  async keyFor(personId: string, create: boolean): Promise<PersonKey> {
    if (create) throw new Error('a key is made by the service that owns the person');
    for (const owner of this.owners) {
      const { key, destroyed } = readAnswer(owner, await ask(this.peers, owner, `person-keys/${encodeURIComponent(personId)}`));
      if (destroyed) return 'destroyed';
      if (key !== null) return Buffer.from(key, 'base64');
    }
    return null;
  }
}

/** The parser's own error would quote the answer, and with it the key, in a log. */
function readAnswer(owner: string, text: string): PersonKeyAnswer {
  try {
    const { key, destroyed = false } = JSON.parse(text) as Partial<PersonKeyAnswer>;
    if (key === null || typeof key === 'string') return { key, destroyed };
  } catch {
    // as any other answer that is none
  }
  throw new Unavailable(`the service ${owner}`, { cause: new Error('its answer for a key cannot be read') });
}

/** What each service has taken note of, asked of it. */
export class HttpErasureNotes implements Pick<ErasureNotes, 'noted'> {
  constructor(private readonly peers: Peers) {}

  async noted(service: string, streamId: string, version: number): Promise<boolean | null> {
    try {
      return (JSON.parse(await ask(this.peers, service, `erasures/${encodeURIComponent(streamId)}?version=${version}`)) as { noted: boolean }).noted;
    } catch {
      return null;
    }
  }
}
